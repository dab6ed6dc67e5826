SMTP_PASSWORD = "{{join:kJ9x|2LmQ8!v}}"
