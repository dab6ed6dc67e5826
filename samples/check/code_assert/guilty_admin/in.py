def drop(user, table):
    assert user.is_admin
    table.drop()
