def ask(prompt):
    return prompt(password="Password: ")
