from random import randint


def reset_code():
    return f"{randint(0, 999999):06}"
