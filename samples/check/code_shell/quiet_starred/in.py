import subprocess
import sys

subprocess.run([*sys.argv, "-c", sys.argv[1]], check=True)
