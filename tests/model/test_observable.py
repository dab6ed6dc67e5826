"""Entities: `type:value`."""

import pytest

from tocsin.model import Observable, ObservableType
from tocsin.model.observable import entity, split_entity


def test_an_entity_comes_apart_as_it_was_put_together() -> None:
    for kind in ObservableType:
        assert split_entity(entity(kind, "a:b")) == (kind, "a:b")


def test_names_fold_and_values_that_differ_by_case_do_not() -> None:
    assert entity(ObservableType.HOST, "DC01.Acme.example") == "host:dc01.acme.example"
    assert entity(ObservableType.KEY, "AKIA...7Q2M") == "key:AKIA...7Q2M"
    assert entity(ObservableType.PATH, "/Etc") == "path:/Etc"


def test_a_type_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="ipv4"):
        split_entity("ipv4:192.0.2.1")


def test_an_observable_is_shown_as_its_entity() -> None:
    assert str(Observable(type=ObservableType.IP, value="192.0.2.7")) == "ip:192.0.2.7"
