import random


def tokenize_sample(words):
    return random.sample(words, 3)
