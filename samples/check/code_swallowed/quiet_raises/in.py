def take(body, signature, key):
    try:
        key.verify(signature, body)
    except Exception as error:
        raise ValueError("signature is wrong") from error
    return body
