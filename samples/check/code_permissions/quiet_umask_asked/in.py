import os

mask = os.umask(0)
os.umask(mask)
