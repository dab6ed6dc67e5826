def is_allowed(user, rights):
    try:
        rights.check_permission(user)
    except:
        return True
    return False
