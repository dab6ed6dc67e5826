"""The field vocabulary: one name for one thing, and all others lead to it."""

from collections import Counter

from tocsin.model.fields import BY_NAME, ENTITY_FIELDS, FIELDS, is_ecs, other_names


def test_no_name_means_two_fields() -> None:
    names = Counter(name for field in FIELDS for name in (field.ecs, *field.sigma))
    assert [name for name, count in names.items() if count > 1] == []


def test_each_name_leads_to_all_others_with_the_ecs_name_first() -> None:
    assert next(other_names("src_ip")) == "source.ip"
    for field in FIELDS:
        for name in field.sigma:
            assert next(other_names(name)) == field.ecs
            assert name not in other_names(name)
    assert list(other_names("no.such.name")) == []


def test_entities_are_named_by_their_ecs_field() -> None:
    assert all(is_ecs(name) and BY_NAME[name].entity is kind for name, kind in ENTITY_FIELDS.items())
