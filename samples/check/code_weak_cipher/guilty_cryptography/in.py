from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def locked(key, nonce):
    return Cipher(algorithms.TripleDES(key), modes.CBC(nonce))
