import httpx

print(httpx.get("https://lists.example.org/block.txt").text)
