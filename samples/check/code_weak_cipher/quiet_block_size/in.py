from Crypto.Cipher import DES


def size(cipher):
    return DES.block_size(cipher)
