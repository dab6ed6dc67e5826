from pathlib import Path

from jinja2 import Template

print(Template(Path("report.txt").read_text()).render())
