import random
import string

token = "".join(random.choices(string.ascii_letters, k=32))
