from lxml import etree

parser = etree.XMLParser(load_dtd=True)
