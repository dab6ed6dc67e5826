import pickle


def copied(state):
    return pickle.loads(pickle.dumps(state))
