from pathlib import Path

with Path("/tmp/hits.txt").open() as file:
    print(file.read())
