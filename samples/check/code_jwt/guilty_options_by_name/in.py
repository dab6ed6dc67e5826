import jwt


def claims(token):
    options = {"verify_signature": False}
    return jwt.decode(token, options=options)
