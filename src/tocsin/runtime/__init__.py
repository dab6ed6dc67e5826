"""What runs plug-ins: their index, the one place where they are called, the workspace, trust, HTTP."""
