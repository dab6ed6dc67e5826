import ssl

import urllib3

pool = urllib3.PoolManager(cert_reqs=ssl.CERT_NONE)
