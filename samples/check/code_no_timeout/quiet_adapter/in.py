import requests

from own import TimeoutAdapter

session = requests.Session()
session.mount("https://", TimeoutAdapter())
print(session.get("https://lists.example.org/block.txt").text)
