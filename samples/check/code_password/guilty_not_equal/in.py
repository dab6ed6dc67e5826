def is_wrong(password):
    return "mellon12" != password
