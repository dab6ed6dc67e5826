def test_gate(user):
    assert user.has_permission
