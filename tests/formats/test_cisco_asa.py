"""Messages of Cisco firewalls: who connected to whom, who logged in."""

from tocsin.formats.cisco_asa import COMMAND, CONNECTION, OTHER, said


def test_the_source_of_an_outbound_connection_is_the_side_that_is_written_last() -> None:
    text = "connection 1 for outside:198.51.100.7/443 (198.51.100.7/443) to inside:192.0.2.10/50000 (203.0.113.5/50000)"

    for direction, source in (("outbound", "192.0.2.10"), ("inbound", "198.51.100.7")):
        kind, record = said(f"Built {direction} TCP {text}", "302013")
        assert (kind, record["source.ip"], record["event.action"]) == (CONNECTION, source, "allow")


def test_the_address_of_a_login_is_the_one_that_the_device_wrote() -> None:
    text = "AAA user authentication Rejected : reason = x : user = a from IP 198.51.100.1 : user IP = "

    kind, record = said(f"{text}203.0.113.9", "113005")

    assert kind == OTHER
    assert (record["source.ip"], record["event.outcome"]) == ("203.0.113.9", "failure")
    assert record["user.name"] == "a from IP 198.51.100.1"


def test_a_typed_command_is_kept_with_who_typed_it() -> None:
    assert said("User 'ada' executed the 'show run' command.", "111008") == (
        COMMAND,
        {
            "source.ip": None,
            "user.name": "ada",
            "process.command_line": "show run",
            "event.action": "cisco-command",
        },
    )


def test_a_value_of_firepower_may_hold_what_looks_like_another_name_in_small_letters() -> None:
    _, record = said("SrcIP: 192.0.2.1, DstIP: 192.0.2.2, UserAgent: a, like: b, User: Not Found", "430003")

    assert record["user_agent.original"] == "a, like: b"
    assert "user.name" not in record
