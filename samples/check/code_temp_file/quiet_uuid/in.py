import uuid

open(f"/tmp/hits-{uuid.uuid4()}", "w").write("[]")
