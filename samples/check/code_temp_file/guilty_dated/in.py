import datetime
import os

path = os.path.join("/tmp", f"hits-{datetime.date.today()}.json")
with open(path, "w") as out:
    out.write("[]")
