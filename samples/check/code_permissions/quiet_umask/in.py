import os

os.umask(0o077)
