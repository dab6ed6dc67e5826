import subprocess
import sys

subprocess.run(("/bin/bash", "-c", sys.argv[1]), check=True)
