SMTP_BANNER = "{{join:kJ9x|2LmQ8!v}}"
