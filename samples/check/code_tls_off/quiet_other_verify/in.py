import jobs


class Client:
    def __init__(self):
        self.job = jobs.Job()
        self.job.verify = False
