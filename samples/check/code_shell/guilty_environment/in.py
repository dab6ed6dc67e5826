import os

os.system(os.environ["EDITOR"] + " notes.txt")
