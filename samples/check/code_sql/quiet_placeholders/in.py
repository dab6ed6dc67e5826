def rows(db, names):
    marks = ",".join("?" * len(names))
    return db.execute(f"select * from hits where name in ({marks})", names)
