import jwt


def claims(token):
    return jwt.decode(token, verify=False)
