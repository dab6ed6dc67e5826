import socket

client = socket.socket()
client.bind(("0.0.0.0", 0))
