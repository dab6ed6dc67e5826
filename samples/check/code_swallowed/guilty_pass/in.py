def take(body, signature, key):
    try:
        key.verify(signature, body)
    except Exception:
        pass
    return body
