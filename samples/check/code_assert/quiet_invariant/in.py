def drop(user, table):
    assert table is not None
    table.drop()
