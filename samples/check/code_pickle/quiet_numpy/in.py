import sys

import numpy

table = numpy.load(sys.argv[1])
