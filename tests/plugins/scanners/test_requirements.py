"""What samples do not show of the scanner of requirements."""

from tests.plugins.loaded import SCANNERS
from tocsin.kit.project import Project
from tocsin.model import Finding


def scanned(files: dict[str, bytes]) -> list[Finding]:
    project = Project(files)
    project.asking, scanner = SCANNERS[0]
    return list(scanner(project))


def test_the_count_is_that_of_the_packages_and_each_has_its_line() -> None:
    (found,) = scanned({"requirements.txt": b"# two\nboto3\nrequests>=2\nclick==8.3.0\n"})
    assert found.count == 2
    assert [place.line for place in found.where] == [2, 3]


def test_a_fingerprint_does_not_know_the_folder() -> None:
    (here,) = scanned({"a/requirements.txt": b"boto3\n"})
    (there,) = scanned({"b/c/requirements.txt": b"boto3\n"})
    assert here.fingerprint == there.fingerprint


def test_a_fingerprint_knows_the_packages() -> None:
    (one,) = scanned({"requirements.txt": b"boto3\n"})
    (other,) = scanned({"requirements.txt": b"requests\n"})
    assert one.fingerprint != other.fingerprint
