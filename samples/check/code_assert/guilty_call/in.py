import hmac


def take(body, sent, wanted):
    assert hmac.compare_digest(sent, wanted)
    return body
