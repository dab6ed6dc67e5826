import requests

requests.get("http://tickets.example.org/api", auth=("bot", open("secret.txt").read()), timeout=5)
