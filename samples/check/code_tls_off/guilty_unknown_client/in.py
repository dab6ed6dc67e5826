def fetch(client):
    return client.get("https://ti.example.org", verify=False)
