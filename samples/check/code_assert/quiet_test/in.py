def test_admin(user):
    assert user.is_admin
