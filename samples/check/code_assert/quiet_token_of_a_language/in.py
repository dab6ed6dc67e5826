def parse(part):
    assert part.is_token
    return part
