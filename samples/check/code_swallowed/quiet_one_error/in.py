def take(body, signature, key):
    try:
        key.verify(signature, body)
    except TypeError:
        pass
    return body
