settings = {}
settings["password"] = "Herbst23"
