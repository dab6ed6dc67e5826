FIELDS = dict(password="user_password", name="user_name")
