import socket

import requests

socket.setdefaulttimeout(10)
print(requests.get("https://lists.example.org/block.txt").text)
