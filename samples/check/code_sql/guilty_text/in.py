import sys

from sqlalchemy import text


def rows(db):
    return db.execute(text("select * from hits where ip = " + sys.argv[1]))
