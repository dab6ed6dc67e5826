import pickle
import sys

with open(sys.argv[1], "rb") as file:
    state = pickle.load(file)
