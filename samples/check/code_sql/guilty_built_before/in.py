def rows(db, name):
    statement = "select * from hits where name = '%s'" % name
    return db.execute(statement).fetchall()
