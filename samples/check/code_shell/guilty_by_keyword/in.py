import subprocess
import sys

subprocess.run(args="ping -c1 " + sys.argv[1], shell=True, check=True)
