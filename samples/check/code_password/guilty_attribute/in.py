class Settings:
    pass


settings = Settings()
settings.password = "Herbst23"
