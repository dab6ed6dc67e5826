import requests

print(requests.get("https://lists.example.org", headers={"Accept": "text/plain"}, timeout=5, verify=False).text)
