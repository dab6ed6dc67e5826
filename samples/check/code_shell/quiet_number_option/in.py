import argparse
import subprocess

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int)
given = parser.parse_args()
subprocess.run(f"ss -ltn sport = :{given.port}", shell=True, check=True)
