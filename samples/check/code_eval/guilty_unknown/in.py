def run(rule, record):
    return eval(rule, {}, record)
