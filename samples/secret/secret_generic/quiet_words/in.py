SMTP_PASSWORD = "mail_server_password"
