def run(loader, name, space):
    exec(loader.get_code(name), space)
