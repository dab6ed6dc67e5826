import sys
import tarfile

with tarfile.open(sys.argv[1]) as tar:
    tar.extractall("out", filter="data")
