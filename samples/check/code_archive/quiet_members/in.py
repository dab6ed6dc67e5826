import sys
import tarfile


def safe(tar):
    return [member for member in tar if member.isfile() and ".." not in member.name]


with tarfile.open(sys.argv[1]) as tar:
    tar.extractall("out", members=safe(tar))
