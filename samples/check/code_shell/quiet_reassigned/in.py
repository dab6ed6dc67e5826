import os
import sys

target = sys.argv[1]
target = "all"
os.system(f"systemctl restart {target}")
