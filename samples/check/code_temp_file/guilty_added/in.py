import sys

open("/tmp/hits-" + sys.argv[1], mode="wb").write(b"x")
