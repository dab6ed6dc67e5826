import sqlite3
import sys

db = sqlite3.connect("hits.db")
db.execute(f"select * from hits where ip = '{sys.argv[1]}'")
