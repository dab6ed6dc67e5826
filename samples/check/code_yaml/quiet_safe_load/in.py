import yaml

rules = yaml.safe_load(open("rules.yml").read())
