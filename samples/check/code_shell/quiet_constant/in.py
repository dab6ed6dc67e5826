import subprocess

CHAIN = "INPUT"
subprocess.run(f"iptables -F {CHAIN}", shell=True, check=True)
