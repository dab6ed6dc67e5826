from Crypto.Cipher import DES


def locked(key, data):
    return DES.new(key, DES.MODE_CBC).encrypt(data)
