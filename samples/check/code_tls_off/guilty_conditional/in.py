import ssl


def context_for(is_pinned):
    context = ssl.create_default_context()
    if is_pinned:
        context.check_hostname = False
    return context
