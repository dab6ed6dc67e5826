import hashlib


def signature(body):
    return hashlib.new("sha1", body).digest()
