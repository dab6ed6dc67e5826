import socket
from urllib.request import urlopen

socket.setdefaulttimeout(10)
print(urlopen("https://lists.example.org/block.txt").read())
