import os

os.system("curl -fsSL https://tools.example.org/install.sh | sudo bash")
