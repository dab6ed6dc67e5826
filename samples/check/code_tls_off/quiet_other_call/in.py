import jobs

jobs.start("import", verify=False)
