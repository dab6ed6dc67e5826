def is_welcome(password):
    return password == "mellon12"
