import subprocess

subprocess.run(["ssh", "-o", "StrictHostKeyChecking=yes", "bastion", "uptime"], check=True)
