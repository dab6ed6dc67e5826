import random

delay = 5 + random.random()
