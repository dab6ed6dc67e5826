from yaml import load

rules = load(open("rules.yml").read())
