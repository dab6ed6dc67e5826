import requests

token = open("token.txt").read()
headers = {"Authorization": f"Bearer {token}"}
answer = requests.get("https://ti.example.org/feed", headers=headers, timeout=5, verify=False)
