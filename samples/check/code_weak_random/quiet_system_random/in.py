import random
import string

token = "".join(random.SystemRandom().choices(string.ascii_letters, k=32))
