import yaml

rules = yaml.load("{a: 1}", Loader=yaml.FullLoader)
