import yaml

rules = yaml.unsafe_load(open("rules.yml").read())
