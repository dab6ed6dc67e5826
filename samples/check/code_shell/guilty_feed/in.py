import os

import requests

FEED = "https://feeds.example.org/domains.json"


def entries():
    return requests.get(FEED, timeout=10).json()["domains"]


def main():
    for name in entries():
        os.system("rndc flushname " + name)
