from urllib.request import urlopen

print(urlopen("https://lists.example.org/block.txt", None).read())
