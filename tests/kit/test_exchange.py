"""Files as finders get them, and what became of deliveries."""

from tocsin.kit.exchange import Delivered, File, NotDelivered
from tocsin.model.codec import to_json


def test_a_file_is_read_as_text_without_its_byte_order_mark() -> None:
    file = File(path="a.py", raw=b"\xef\xbb\xbf#!/usr/bin/python3\r\nx = '\xff'\n")
    assert file.first_line() == "#!/usr/bin/python3"
    assert file.text().startswith("#!/usr")
    assert File(path="empty", raw=b"").first_line() == ""


def test_the_two_fates_of_a_delivery_are_told_apart_in_json() -> None:
    assert to_json(Delivered(fingerprint="f", receipt="7")) == b'{"became":"delivered","fingerprint":"f","receipt":"7"}'
    assert b'"became":"not-delivered"' in to_json(NotDelivered(fingerprint="f", why="full"))
