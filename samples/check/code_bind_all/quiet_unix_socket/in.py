import socket

listener = socket.socket(socket.AF_UNIX)
listener.bind(("",))
