from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def locked(key):
    return Cipher(algorithms.AES(key), modes.ECB())
