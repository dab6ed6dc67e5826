from pathlib import Path

Path("/var/lib/tool/state").write_text("done")
