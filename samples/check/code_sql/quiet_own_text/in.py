import sys

from own import text

print(text("select * from hits where ip = " + sys.argv[1]))
