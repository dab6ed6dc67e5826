"""What people look at in a browser: the report in one file."""
