def is_set(password):
    return password != ""
