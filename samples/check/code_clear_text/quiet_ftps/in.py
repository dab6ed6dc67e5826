import ftplib


def fetch(user, word):
    ftp = ftplib.FTP_TLS("ftp.example.org")
    ftp.login(user, word)
