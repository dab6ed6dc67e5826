ORDER = "a + b"
a, b = 1, 2
print(eval(ORDER))
