import requests

requests.get("http://tickets.example.org/api", timeout=5)
