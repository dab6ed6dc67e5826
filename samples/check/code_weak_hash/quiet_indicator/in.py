import hashlib


def md5_of_sample(path):
    with open(path, "rb") as file:
        return hashlib.md5(file.read()).hexdigest()
