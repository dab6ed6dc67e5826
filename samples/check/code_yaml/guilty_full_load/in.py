import yaml

rules = yaml.full_load(open("rules.yml").read())
