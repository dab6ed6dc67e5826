"""What the author of a plug-in imports."""

from tocsin.kit.declare import Declaration as Declaration
from tocsin.kit.declare import Kind as Kind
from tocsin.kit.declare import action as action
from tocsin.kit.declare import check as check
from tocsin.kit.declare import declared as declared
from tocsin.kit.declare import enricher as enricher
from tocsin.kit.declare import feed as feed
from tocsin.kit.declare import finder as finder
from tocsin.kit.declare import parser as parser
from tocsin.kit.declare import playbook as playbook
from tocsin.kit.declare import scanner as scanner
from tocsin.kit.declare import sink as sink
from tocsin.kit.declare import source as source
