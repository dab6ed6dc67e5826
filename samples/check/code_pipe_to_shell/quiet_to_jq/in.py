import subprocess

subprocess.run("curl -s https://api.example.org/hits | jq .count", shell=True, check=True)
