PASSWORD = "abc"
