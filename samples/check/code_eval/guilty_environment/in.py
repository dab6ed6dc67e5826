import os

level = eval(os.environ["LEVEL"])
