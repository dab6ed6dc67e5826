import os

os.chmod("spool", 0o1777)
