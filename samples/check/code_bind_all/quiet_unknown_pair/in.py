import socket

listener = socket.socket()
listener.bind(address)
