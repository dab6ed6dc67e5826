import pickle

empty = pickle.loads(b"\x80\x04N.")
