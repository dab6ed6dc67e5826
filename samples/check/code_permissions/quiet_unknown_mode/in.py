import os


def allow(path, mode):
    os.chmod(path, mode)
