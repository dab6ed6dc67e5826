with open("/tmp/report.csv", "w") as out:
    out.write("host,count\n")
