import sys
import zipfile

with zipfile.ZipFile(sys.argv[1]) as archive:
    archive.extractall("out")
