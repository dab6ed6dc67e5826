import pickle


def restored(stream):
    return pickle.load(file=stream)
