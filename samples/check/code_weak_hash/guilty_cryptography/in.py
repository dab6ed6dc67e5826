from cryptography.hazmat.primitives import hashes


def signature_hash():
    return hashes.SHA1()
