import imaplib


def box(user, word):
    server = imaplib.IMAP4_SSL("mail.example.org")
    server.login(user, word)
