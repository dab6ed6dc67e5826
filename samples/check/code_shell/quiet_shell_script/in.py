import subprocess
import sys

subprocess.run(["sh", "install.sh", sys.argv[1]], check=True)
