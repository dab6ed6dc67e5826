import jobs

job = jobs.Job()
job.debug = True
