import pickle

import requests

state = pickle.loads(requests.get("https://state.example.org/last", timeout=5).content)
