from jinja2 import Environment, FileSystemLoader

texts = Environment(loader=FileSystemLoader("texts"))
print(texts.get_template("nginx.conf").render())
