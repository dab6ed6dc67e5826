import pandas

frame = pandas.read_csv("hits.csv")
print(frame.eval(input("expression? ")))
