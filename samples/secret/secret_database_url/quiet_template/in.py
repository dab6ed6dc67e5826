DATABASE = f"postgresql://hits:{password}@db.example.org:5432/hits"
