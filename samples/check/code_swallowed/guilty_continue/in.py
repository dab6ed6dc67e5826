def all_right(items, key):
    for item in items:
        try:
            key.verify(item.signature, item.body)
        except Exception:
            continue
