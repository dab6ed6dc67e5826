def make(db, name):
    db.execute(f"create table {name} (a)")
