import xml.etree.ElementTree as ET

tree = ET.parse("settings.xml")
