from jinja2 import Template


def made(text):
    return Template(text).render()
