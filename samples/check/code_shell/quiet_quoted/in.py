import shlex
import subprocess
import sys

address = shlex.quote(sys.argv[1])
subprocess.run(f"iptables -A INPUT -s {address} -j DROP", shell=True, check=True)
