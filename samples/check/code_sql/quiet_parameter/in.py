import sqlite3
import sys

db = sqlite3.connect("hits.db")
db.execute("select * from hits where ip = ?", (sys.argv[1],))
