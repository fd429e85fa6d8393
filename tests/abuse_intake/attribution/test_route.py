"""From the origin down through our own relays, and when a message arrived."""

from ipaddress import ip_address, ip_network

import pytest
from report_builders import RECEIVED_AT, allocate, make_hop, make_report, make_tenant, utc

from abuse_intake.attribution.directory import Directory
from abuse_intake.attribution.route import Origin, find_arrival, trace_origin
from abuse_intake.settings_attribution import ProviderSettings
from parsers.values import Report

PROVIDER = ProviderSettings(
    relays=(ip_network("203.0.113.0/26"), ip_network("2001:db8:f::/48")), hosts=("*.out.provider.example",)
)
DIRECTORY = Directory(
    [
        make_tenant("contoso", "192.0.2.0/28", "2001:db8:10::/48"),
        make_tenant("inside", "203.0.113.32/29"),
        make_tenant("former", allocate("203.0.113.40/29", None, "2026-01-01")),
    ]
)
RELAY, OTHER_RELAY = "203.0.113.7", "203.0.113.8"
OURS = "a.out.provider.example"


def _trace(report: Report) -> Origin:
    return trace_origin(report, RECEIVED_AT, PROVIDER, DIRECTORY)


def _ip(report: Report) -> str:
    return str(_trace(report).ip)


def test_an_allocated_origin_is_ours() -> None:
    """An address in an allocation is a customer's, and the walk ends before it begins."""
    origin = _trace(make_report(make_hop("192.0.2.5"), make_hop("198.51.100.9", OURS)))

    assert (str(origin.ip), origin.is_ours) == ("192.0.2.5", True)
    assert origin.holding is not None
    assert origin.holding.tenant == "contoso"


def test_a_foreign_origin_is_not_ours() -> None:
    """An address of nobody's is where the message entered, and not ours."""
    origin = _trace(make_report(make_hop("198.51.100.9"), make_hop("192.0.2.5", OURS)))

    assert (str(origin.ip), origin.is_ours, origin.holding) == ("198.51.100.9", False, None)


def test_a_report_without_an_origin_comes_from_nowhere() -> None:
    """Without any address there is no route."""
    origin = _trace(make_report())

    assert (origin.ip, origin.is_ours) == (None, False)


def test_the_customer_behind_a_relay_is_found() -> None:
    """What our relay wrote leads to the customer that handed the message in."""
    origin = _trace(make_report(make_hop(RELAY), make_hop("192.0.2.5", OURS)))

    assert str(origin.ip) == "192.0.2.5"
    assert origin.is_ours
    assert origin.holding is not None


def test_two_relays_are_passed() -> None:
    """A message that went through two of our relays leads past both."""
    report = make_report(
        make_hop(RELAY), make_hop(OTHER_RELAY, OURS), make_hop("198.51.100.140", "B.Out.Provider.Example.")
    )

    assert _ip(report) == "198.51.100.140"
    assert _trace(report).is_ours


def test_a_customer_that_is_not_listed_is_the_origin_all_the_same() -> None:
    """The first address outside our relays ends the walk, allocated or not; the route is ours."""
    origin = _trace(
        make_report(make_hop(RELAY), make_hop("198.51.100.140", OURS), make_hop("192.0.2.5", OURS))
    )

    assert (str(origin.ip), origin.is_ours, origin.holding) == ("198.51.100.140", True, None)


def test_a_hop_below_a_customer_is_not_trusted() -> None:
    """An allocated host writes what it likes, even a line in the name of our relay."""
    report = make_report(make_hop(RELAY), make_hop("192.0.2.5", OURS), make_hop("2001:db8:10::1", OURS))

    assert _ip(report) == "192.0.2.5"


def test_a_hop_that_no_relay_of_ours_wrote_is_not_trusted() -> None:
    """A line whose `by` is not our host's ends the walk at the relay."""
    report = make_report(make_hop(RELAY), make_hop("192.0.2.5", "mail.contoso.example"))

    assert _ip(report) == RELAY


def test_a_hop_without_by_ends_the_walk() -> None:
    """A line that names no server was written by none of ours."""
    assert _ip(make_report(make_hop(RELAY), make_hop("192.0.2.5", None))) == RELAY


@pytest.mark.parametrize("address", ["10.0.0.7", "127.0.0.1", "100.64.0.1", "fe80::1", "::1"])
def test_a_private_hop_ends_at_the_relay(address: str) -> None:
    """What came to the relay from inside came from the relay, as far as the world can see."""
    report = make_report(make_hop(RELAY), make_hop(address, OURS), make_hop("192.0.2.5", OURS))

    assert _ip(report) == RELAY


def test_a_hop_without_an_address_ends_at_the_relay() -> None:
    """A line that says no address leads nowhere, and nothing below it counts."""
    report = make_report(make_hop(RELAY), make_hop(None, OURS), make_hop("192.0.2.5", OURS))

    assert _ip(report) == RELAY


def test_a_relay_without_hops_below_is_the_origin() -> None:
    """A message that began on our relay came from there."""
    origin = _trace(make_report(make_hop(RELAY)))

    assert (str(origin.ip), origin.is_ours, origin.holding) == (RELAY, True, None)


def test_a_customer_in_an_allocation_inside_our_relays_is_a_customer() -> None:
    """An allocation wins over provider.relays: nothing below that host is trusted."""
    origin = _trace(make_report(make_hop("203.0.113.33"), make_hop("198.51.100.9", OURS)))

    assert str(origin.ip) == "203.0.113.33"
    assert origin.holding is not None
    assert origin.holding.tenant == "inside"


def test_the_walk_ends_at_a_customer_inside_our_relays() -> None:
    """Also below the first hop an allocated host inside the relays' network is a customer."""
    report = make_report(make_hop(RELAY), make_hop("203.0.113.33", OURS), make_hop("198.51.100.9", OURS))

    assert _ip(report) == "203.0.113.33"


def test_an_allocation_of_another_time_leaves_a_relay_a_relay() -> None:
    """A network that a customer gave back is a relay's again."""
    report = make_report(make_hop("203.0.113.41"), make_hop("192.0.2.5", OURS))

    assert _ip(report) == "192.0.2.5"


def test_an_ipv6_relay_is_passed() -> None:
    """The walk knows both versions of IP."""
    assert _ip(make_report(make_hop("2001:db8:f::1"), make_hop("2001:db8:10::1", OURS))) == "2001:db8:10::1"


def test_the_walk_begins_at_the_origin_hop() -> None:
    """Hops of the receiving side, above the origin, are no part of it."""
    report = make_report(make_hop("198.51.100.1"), make_hop(RELAY), make_hop("192.0.2.5", OURS), origin_hop=1)

    assert _ip(report) == "192.0.2.5"


def test_a_stated_relay_without_a_hop_is_the_origin() -> None:
    """An address that only a field states leads down no hops."""
    report = make_report(make_hop("192.0.2.5", OURS), origin_hop=None, origin_ip=ip_address(RELAY))

    assert _ip(report) == RELAY


@pytest.mark.parametrize(
    ("hop_time", "arrival_date", "arrival"),
    [
        ("2026-11-10", "2026-11-11", utc("2026-11-10")),
        (None, "2026-11-11", utc("2026-11-11")),
        (None, None, RECEIVED_AT),
        ("2026-12-24", None, RECEIVED_AT),
        (None, "2026-12-24", RECEIVED_AT),
        ("2026-12-24", "2026-11-11", RECEIVED_AT),
    ],
)
def test_the_arrival_is_known_from_the_best_source(
    hop_time: str | None, arrival_date: str | None, arrival: object
) -> None:
    """The origin hop's time, else Arrival-Date, else our receipt; nothing arrives after its report."""
    report = make_report(
        make_hop("192.0.2.5", at=hop_time), arrival_date=utc(arrival_date) if arrival_date else None
    )

    assert find_arrival(report, RECEIVED_AT) == arrival


def test_the_date_that_the_sender_writes_is_ignored() -> None:
    """`Date` says what the sender likes, so it never picks the holder of an address."""
    report = make_report(make_hop("192.0.2.5"), date=utc("2020-01-01"))

    assert find_arrival(report, RECEIVED_AT) == RECEIVED_AT


def test_only_the_origin_hop_tells_the_time() -> None:
    """The times of other hops, above and below, do not count."""
    hops = [
        make_hop("198.51.100.1", at="2026-11-12"),
        make_hop("192.0.2.5"),
        make_hop("10.0.0.1", at="2026-11-01"),
    ]

    assert find_arrival(make_report(*hops, origin_hop=1), RECEIVED_AT) == RECEIVED_AT


def test_a_report_without_a_message_arrived_when_it_says() -> None:
    """A feedback report without a message has its Arrival-Date."""
    report = make_report(origin_ip=ip_address("192.0.2.5"), arrival_date=utc("2026-11-11"))

    assert find_arrival(report, RECEIVED_AT) == utc("2026-11-11")


def test_a_holder_is_asked_for_as_of_the_arrival() -> None:
    """The same address belongs to whom it belonged when the message arrived."""
    directory = Directory(
        [
            make_tenant("northwind", allocate("198.51.100.0/27", None, "2026-11-10")),
            make_tenant("tailspin", allocate("198.51.100.0/27", "2026-11-10")),
        ]
    )

    holders = []
    for at in ("2026-11-09", "2026-11-18"):
        origin = trace_origin(make_report(make_hop("198.51.100.7", at=at)), RECEIVED_AT, PROVIDER, directory)
        holders.append(origin.holding.tenant if origin.holding else None)

    assert holders == ["northwind", "tailspin"]
