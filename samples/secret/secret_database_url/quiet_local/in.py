DATABASE = "postgresql://hits:{{join:k9|Tz4|wQ!x}}@localhost:5432/hits"
