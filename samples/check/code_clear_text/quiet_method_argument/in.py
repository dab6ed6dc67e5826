import requests


def send(page, login):
    return requests.request("http://method", "https://tickets.example.org/" + page, auth=login, timeout=5)
