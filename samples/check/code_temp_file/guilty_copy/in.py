import shutil

shutil.copy("rules.txt", "/tmp/rules.txt")
