import defusedxml.ElementTree as ET
import requests

tree = ET.fromstring(requests.get("https://news.example.org/rss", timeout=5).text)
