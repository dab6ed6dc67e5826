PASSWORD: str = "Herbst23"
