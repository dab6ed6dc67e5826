import os.path

print(os.path.exists("/tmp/hits.json"))
