import sys

from jinja2 import Environment

print(Environment().from_string(sys.argv[1]).render())
