def settings(path):
    with open(path) as file:
        return eval(file.read())
