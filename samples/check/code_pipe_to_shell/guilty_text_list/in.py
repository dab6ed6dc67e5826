import subprocess

subprocess.run(["sh", "-c", "wget -qO- https://tools.example.org/i.sh | sh"], check=True)
