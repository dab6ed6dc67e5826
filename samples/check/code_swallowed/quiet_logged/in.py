import logging


def take(body, signature, key):
    try:
        key.verify(signature, body)
    except Exception:
        logging.exception("wrong signature")
        raise
    return body
