import yaml

try:
    from yaml import CSafeLoader as Loader
except ImportError:
    from yaml import SafeLoader as Loader

rules = yaml.load(open("rules.yml").read(), Loader=Loader)
