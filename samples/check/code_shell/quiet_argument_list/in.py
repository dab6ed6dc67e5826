import subprocess
import sys

address = sys.argv[1]
subprocess.run(["iptables", "-A", "INPUT", "-s", address, "-j", "DROP"], check=True)
