import json

import requests

state = json.loads(requests.get("https://state.example.org/last", timeout=5).content)
