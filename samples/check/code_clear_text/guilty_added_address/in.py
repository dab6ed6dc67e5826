import requests


def send(method, page, login):
    return requests.request(method, "http://tickets.example.org/" + page, auth=login, timeout=5)
