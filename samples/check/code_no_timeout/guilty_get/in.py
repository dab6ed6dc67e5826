import requests

print(requests.get("https://lists.example.org/block.txt").text)
