def drop(user, table):
    if not user.is_admin:
        raise PermissionError("administrators only")
    table.drop()
