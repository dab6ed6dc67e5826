import subprocess

subprocess.run(["ssh", "-o", "StrictHostKeyChecking=no", "bastion", "uptime"], check=True)
