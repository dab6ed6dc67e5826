import shutil

shutil.copy("/tmp/rules.txt", "rules.txt")
