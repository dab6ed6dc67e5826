import yaml

with open("rules.yml") as file:
    rules = yaml.load(file, Loader=yaml.SafeLoader)
