from ruamel.yaml import YAML

reader = YAML(typ="safe")
