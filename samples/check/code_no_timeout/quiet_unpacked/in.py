import requests


def fetch(url, **options):
    return requests.get(url, **options)
