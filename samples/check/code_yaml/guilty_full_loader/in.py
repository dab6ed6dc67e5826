import yaml

rules = yaml.load(open("rules.yml").read(), yaml.FullLoader)
