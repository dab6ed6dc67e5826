from gate import verify_token


def take(token):
    assert verify_token(token)
    return token
