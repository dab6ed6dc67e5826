from jinja2 import Environment

print(Environment().from_string("<html>{{ a }}</html>").render(a=1))
