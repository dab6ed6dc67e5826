from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def locked(key, nonce):
    return Cipher(algorithms.AES(key), modes.GCM(nonce))
