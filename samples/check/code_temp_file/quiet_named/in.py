import tempfile

with tempfile.NamedTemporaryFile("w") as out:
    out.write("done")
