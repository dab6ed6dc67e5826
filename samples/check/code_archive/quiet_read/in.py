import sys
import tarfile

tar = tarfile.open(sys.argv[1])
print(tar.extractfile("a").read())
