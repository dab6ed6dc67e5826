import requests


def fetch(page):
    headers = {"Accept": "text/plain"}
    return requests.get(f"http://tickets.example.org/{page}", headers=headers, timeout=5)
