from Crypto.Cipher import ChaCha20_Poly1305


def locked(key, data):
    return ChaCha20_Poly1305.new(key=key).encrypt(data)
