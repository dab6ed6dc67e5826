with open("/tmp/report.csv", "x") as out:
    out.write("host,count\n")
