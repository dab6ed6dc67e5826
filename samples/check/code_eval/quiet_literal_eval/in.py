import ast


def settings(path):
    with open(path) as file:
        return ast.literal_eval(file.read())
