import requests


def fetch(login):
    return requests.get("https://ti.example.org", auth=login, timeout=5, verify=False)
