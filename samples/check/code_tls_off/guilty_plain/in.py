import requests

print(requests.get("https://lists.example.org", timeout=5, verify=False).text)
