with open("/tmp/report.csv") as file:
    print(file.read())
