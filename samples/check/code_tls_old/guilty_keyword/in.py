import ssl

context = ssl.SSLContext(protocol=ssl.PROTOCOL_SSLv3)
