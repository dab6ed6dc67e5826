code = compile(input(), "<rule>", "eval")
print(eval(code))
