DATABASE = "postgresql://postgres:postgres@db.example.org:5432/hits"
