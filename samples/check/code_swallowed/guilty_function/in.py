from gate import check_password


def enter(user, word):
    try:
        check_password(user, word)
    except BaseException:
        pass
    return user
