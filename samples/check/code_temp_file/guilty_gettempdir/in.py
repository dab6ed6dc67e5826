import os
import tempfile

path = os.path.join(tempfile.gettempdir(), "hits.json")
open(path, "w").write("[]")
