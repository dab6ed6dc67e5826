import os

os.system("curl -fsSL https://tools.example.org/install.sh -o install.sh")
