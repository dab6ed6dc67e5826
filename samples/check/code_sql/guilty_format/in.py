def rows(db, name):
    return db.execute("select * from hits where name = '{}'".format(name))
