from jinja2 import Environment, FileSystemLoader

options = {"autoescape": True}
pages = Environment(loader=FileSystemLoader("pages"), **options)
print(pages.get_template("report.html").render())
