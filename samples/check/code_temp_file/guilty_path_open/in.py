from pathlib import Path

with Path("/tmp/hits.txt").open("a") as out:
    out.write("x")
