import subprocess
import sys

address = sys.argv[1]
subprocess.run(f"iptables -A INPUT -s {address} -j DROP", shell=True, check=True)
