import own

open(own.place("/tmp", "hits"), "w").write("x")
