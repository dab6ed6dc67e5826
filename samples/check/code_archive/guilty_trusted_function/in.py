import sys
import tarfile

tar = tarfile.open(sys.argv[1])
tar.extract("a", filter=tarfile.fully_trusted_filter)
