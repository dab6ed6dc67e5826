import hashlib


def signature(body):
    return hashlib.new("sha256", body).digest()
