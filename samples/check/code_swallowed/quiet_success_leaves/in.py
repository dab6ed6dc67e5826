def first_right(keys, item):
    for key in keys:
        try:
            key.verify(item.signature, item.body)
        except Exception:
            continue
        else:
            return key
    raise ValueError("no key fits")
