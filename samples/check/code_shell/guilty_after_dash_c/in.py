import subprocess
from pathlib import Path

for line in Path("hosts.txt").read_text().splitlines():
    subprocess.check_call(["sh", "-c", f"host {line} >> found.txt"])
