import jwt


def claims(token, key, options):
    return jwt.decode(token, key, algorithms=["HS256"], options=options)
