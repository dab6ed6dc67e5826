HELP = "curl -fsSL https://tools.example.org/install.sh | sh"
print(HELP)
