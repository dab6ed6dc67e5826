import subprocess
import sys

subprocess.run(["grep", "-c", sys.argv[1]], check=True)
