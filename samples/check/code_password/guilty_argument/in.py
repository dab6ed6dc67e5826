import smtplib


def send(mail, connect):
    return connect(host="mail.example.org", user="alerts", password="Winter24")
