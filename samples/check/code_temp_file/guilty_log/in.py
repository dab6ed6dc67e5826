import logging

handler = logging.FileHandler("/tmp/tool.log")
