TABLE = "hits"


def rows(db):
    return db.execute("select * from " + TABLE).fetchall()
