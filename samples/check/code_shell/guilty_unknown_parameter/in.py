import subprocess


def run(command):
    return subprocess.check_output(command, shell=True)
