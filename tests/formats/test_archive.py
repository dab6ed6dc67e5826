"""Archives: members are read in place, and a name is only a name."""

import io
import os
import tarfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tocsin.formats.archive import Member, Unread, archive, members
from tocsin.formats.compress import Broken
from tocsin.model.times import to_micros


def tar_of(*files: tuple[str, bytes], links: tuple[tuple[str, str], ...] = ()) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_700_000_000
            tar.addfile(info, io.BytesIO(data))
        for name, target in links:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            tar.addfile(info)
    return made.getvalue()


def zip_of(*files: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files:
            packed.writestr(zipfile.ZipInfo(name, (2026, 11, 22, 1, 2, 4)), data, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def seven_of(*files: tuple[str, bytes]) -> bytes:
    import py7zr

    made = io.BytesIO()
    with py7zr.SevenZipFile(made, "w") as packed:
        for name, data in files:
            packed.writestr(data, name)
    return made.getvalue()


def read(packed: bytes, *, ratio: int = 250, free: int = 1 << 20, spool: int = 1 << 24) -> dict[str, bytes | str]:
    found = members(archive(packed[:1024]), io.BytesIO(packed), ratio=ratio, free=free, spool=spool)
    return {m.name: m.open().read(1 << 24) if isinstance(m, Member) else m.why for m in found}


@pytest.mark.parametrize("made", [tar_of, zip_of, seven_of], ids=["tar", "zip", "7z"])
def test_members_are_read_in_place(made: object) -> None:
    packed = made(("a.log", b"one\n"), ("logs/b.log", b"two\n" * 1000))  # type: ignore[operator]  # one of the three makers

    assert read(packed) == {"a.log": b"one\n", "logs/b.log": b"two\n" * 1000}


@pytest.mark.parametrize("made", [tar_of, zip_of], ids=["tar", "zip"])
def test_a_name_that_climbs_out_is_only_a_name(made: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    packed = made(("../../evil.log", b"text\n"), ("/etc/passwd", b"root\n"))  # type: ignore[operator]  # one of the makers

    assert list(read(packed).values()) == [b"text\n", b"root\n"]
    assert list(tmp_path.iterdir()) == []
    assert not (tmp_path.parent / "evil.log").exists()


def test_a_link_in_a_tar_is_named_and_not_followed() -> None:
    assert read(tar_of(links=(("passwd", "/etc/passwd"),))) == {"passwd": "it is a link or a device, not a file"}


def test_a_zip_member_that_bursts_is_named_before_it_is_opened() -> None:
    found = read(zip_of(("bomb.log", bytes(9_000_000)), ("good.log", b"text\n")))

    assert found["good.log"] == b"text\n"
    assert "grows more than 250 times" in str(found["bomb.log"])


def test_an_encrypted_member_is_named() -> None:
    packed = bytearray(zip_of(("secret.log", b"text\n")))
    for at in (packed.find(b"PK\x03\x04") + 6, packed.find(b"PK\x01\x02") + 8):
        packed[at] |= 1

    assert read(bytes(packed)) == {"secret.log": "it is encrypted"}


@pytest.mark.parametrize("made", [tar_of, zip_of, seven_of], ids=["tar", "zip", "7z"])
def test_a_cut_archive_is_broken_not_empty(made: object) -> None:
    packed = made(("a.log", os.urandom(40_000)), ("b.log", os.urandom(40_000)))  # type: ignore[operator]  # one of the makers

    with pytest.raises(Broken):
        read(packed[: len(packed) // 2])


def test_a_7z_that_bursts_is_named() -> None:
    with pytest.raises(Broken, match="unpacks to more than"):
        read(seven_of(("bomb.log", bytes(3_000_000))), spool=1_000_000)


def test_the_time_of_a_member_is_known() -> None:
    packed = zip_of(("a.log", b"text\n"))
    member = next(members("zip", io.BytesIO(packed), ratio=9, free=9, spool=1 << 20))

    assert not isinstance(member, Unread)
    assert member.modified == to_micros(datetime(2026, 11, 22, 1, 2, 4, tzinfo=UTC))


def test_a_tar_is_known_by_its_checksum() -> None:
    packed = bytearray(tar_of(("a.log", b"text\n")))
    assert archive(bytes(packed)) == "tar"
    packed[0] ^= 1
    assert archive(bytes(packed)) == ""


@pytest.mark.parametrize("time", ["inf", "-inf", "nan", "1e300", "10000000000000"])
def test_a_time_that_no_calendar_shows_is_no_time(time: str) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as tar:
        info = tarfile.TarInfo("a.log")
        info.pax_headers = {"mtime": time}
        tar.addfile(info)
    made.seek(0)
    (member,) = members("tar", made, ratio=9, free=9, spool=1 << 20)

    assert isinstance(member, Member)
    assert member.modified is None


def test_a_tar_of_endless_headers_is_broken_off() -> None:
    class Source:
        """A long name that does not end: its header says 1 GiB."""

        def __init__(self) -> None:
            info = tarfile.TarInfo("././@LongLink")
            info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1 << 30
            self.left, self.given = info.tobuf(tarfile.GNU_FORMAT), 0

        def read(self, size: int = -1, /) -> bytes:
            piece, self.left = self.left[:size], self.left[size:]
            self.given += size
            return piece.ljust(size, b"a")

    source = Source()
    with pytest.raises(Broken, match="of headers"):
        list(members("tar", source, ratio=9, free=9, spool=1 << 20))
    assert source.given < 4 << 20


def test_a_zip_with_an_endless_list_is_not_read() -> None:
    packed = bytearray(zip_of(("a.log", b"text\n")))
    at = packed.rfind(b"PK\x05\x06")
    packed[at + 12 : at + 16] = (1 << 30).to_bytes(4, "little")

    with pytest.raises(Broken, match="list of members"):
        read(bytes(packed))
