from pathlib import Path

Path("rules.txt").chmod(0o644)
