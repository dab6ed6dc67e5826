def rows(statement):
    return statement.execute()
