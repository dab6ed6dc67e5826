import yaml

from own import StrictLoader

rules = yaml.load(open("rules.yml").read(), Loader=StrictLoader)
