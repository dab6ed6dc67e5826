code = compile("a + 1", "<rule>", "eval")
a = 1
print(eval(code))
