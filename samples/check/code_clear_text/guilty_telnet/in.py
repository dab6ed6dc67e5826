import telnetlib

connection = telnetlib.Telnet("router.example.org")
