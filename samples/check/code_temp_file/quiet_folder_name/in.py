open("/tmpfiles/hits", "w").write("x")
