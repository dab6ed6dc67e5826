import ssl


class Context(ssl.SSLContext):
    def __init__(self):
        self.check_hostname = False
