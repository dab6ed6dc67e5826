import os


def send(mail, connect):
    return connect(host="mail.example.org", user="alerts", password=os.environ["SMTP_PASSWORD"])
