import smtplib


def send(user, word):
    server = smtplib.SMTP("mail.example.org")
    server.login(user, word)
