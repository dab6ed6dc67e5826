import ssl

context = ssl.create_default_context()
context.maximum_version = ssl.TLSVersion.TLSv1_2
OLDEST = ssl.TLSVersion.TLSv1
