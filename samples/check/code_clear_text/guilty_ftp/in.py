import ftplib


def fetch(user, word):
    ftp = ftplib.FTP("ftp.example.org")
    ftp.login(user, word)
