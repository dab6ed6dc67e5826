from requests import Session

with Session() as session:
    print(session.get("https://lists.example.org/block.txt").text)
