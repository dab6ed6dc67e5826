import datetime
import os
import tempfile

path = os.path.join(tempfile.mkdtemp(), f"hits-{datetime.date.today()}.json")
with open(path, "w") as out:
    out.write("[]")
