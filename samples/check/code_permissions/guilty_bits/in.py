import os
import stat

os.chmod("run.sh", stat.S_IRWXU | stat.S_IRWXO)
