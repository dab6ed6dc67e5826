import paramiko

from own import AutoAddPolicy

client = paramiko.SSHClient()
client.set_missing_host_key_policy(AutoAddPolicy())
