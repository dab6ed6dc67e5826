import requests


def fetch(token, page):
    headers = {"Authorization": "Bearer " + token}
    return requests.get(f"http://tickets.example.org/{page}", headers=headers, timeout=5)
