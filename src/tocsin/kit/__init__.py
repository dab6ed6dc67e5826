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
from tocsin.kit.parse import Batch as Batch
from tocsin.kit.parse import Chunk as Chunk
from tocsin.kit.parse import Columns as Columns
from tocsin.kit.parse import Derived as Derived
from tocsin.kit.parse import Form as Form
from tocsin.kit.parse import Forms as Forms
from tocsin.kit.parse import Lines as Lines
from tocsin.kit.parse import LogSource as LogSource
from tocsin.kit.parse import Refused as Refused
from tocsin.kit.parse import Table as Table
from tocsin.kit.parse import Value as Value
from tocsin.kit.parse import Wanted as Wanted
from tocsin.kit.parse import lines as lines
