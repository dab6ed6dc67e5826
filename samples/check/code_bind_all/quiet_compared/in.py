def is_anywhere(address):
    return address == "0.0.0.0"
