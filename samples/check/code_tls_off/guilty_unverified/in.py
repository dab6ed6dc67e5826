import ssl
import urllib.request

context = ssl._create_unverified_context()
print(urllib.request.urlopen("https://ti.example.org", timeout=5, context=context).read())
