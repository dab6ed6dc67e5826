import ftplib

ftp = ftplib.FTP("ftp.example.org")
ftp.login()
