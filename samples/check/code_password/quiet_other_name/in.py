DB_TABLE = "Sommer19"
