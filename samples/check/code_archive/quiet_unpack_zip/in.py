import shutil

shutil.unpack_archive("rules.zip", "out")
