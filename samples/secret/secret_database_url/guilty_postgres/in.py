DATABASE = "postgresql://hits:{{join:k9|Tz4|wQ!x}}@db.example.org:5432/hits"
