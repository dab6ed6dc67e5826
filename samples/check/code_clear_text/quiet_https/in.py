import requests

requests.get("https://tickets.example.org/api", auth=("bot", open("secret.txt").read()), timeout=5)
