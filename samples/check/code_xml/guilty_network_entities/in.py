from lxml import etree

parser = etree.XMLParser(no_network=False)
