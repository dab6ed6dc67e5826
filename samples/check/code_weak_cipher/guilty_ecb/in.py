from Crypto.Cipher import AES


def locked(key, data):
    return AES.new(key, AES.MODE_ECB).encrypt(data)
