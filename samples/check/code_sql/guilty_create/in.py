import sys


def make(db):
    db.execute(f"create table {sys.argv[1]} (a)")
