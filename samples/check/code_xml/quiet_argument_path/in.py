import sys
import xml.etree.ElementTree as ET

tree = ET.parse(sys.argv[1])
