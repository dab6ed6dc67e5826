SMTP_PASSWORD = "changeme-2024"
