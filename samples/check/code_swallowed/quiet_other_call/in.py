def take(body, signature, key):
    try:
        key.warm_up(signature, body)
    except Exception:
        pass
    return body
