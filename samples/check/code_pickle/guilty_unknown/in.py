import pickle


def restored(state):
    return pickle.loads(state)
