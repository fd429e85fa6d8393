"""What is remembered of the DNS's answers, and how seldom it is asked."""

import threading
from typing import NoReturn

import pytest
from clocks import Clock
from signing import FakeDns
from structlog.testing import capture_logs

from abuse_intake.attribution.dkim import dns_keys
from abuse_intake.attribution.dkim.dns_keys import (
    NAMES_A_MINUTE,
    REMEMBERED,
    Answer,
    DnsKeys,
    Fetched,
    Unreachable,
)
from abuse_intake.attribution.dkim.keyring import open_keyring
from abuse_intake.settings_attribution import DkimSettings

ZONE = "contoso.example"
A, B = f"a._domainkey.{ZONE}", f"b._domainkey.{ZONE}"
FOUND, NONE, FAILED = Answer(("v=DKIM1; p=",), True), Answer((), True), Answer((), False)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.parametrize(
    ("answer", "ttl", "holds"),
    [
        (("v=DKIM1; p=",), 300, 300),
        (("v=DKIM1; p=",), 1, 60),
        (("v=DKIM1; p=",), 86_400, 3600),
        ((), 0, 600),
        (Unreachable("SERVFAIL"), 0, 60),
    ],
)
def test_an_answer_is_remembered_for_its_time(
    answer: tuple[str, ...] | Unreachable, ttl: float, holds: float, clock: Clock
) -> None:
    """A key for its TTL within bounds, that there is none for ten minutes, that nobody answers for one."""
    dns = FakeDns({A: answer}, ttl)
    keys = DnsKeys(dns, clock)

    first = keys.ask(A, ZONE)
    clock.now += holds - 1
    second = keys.ask(A, ZONE)
    asked = len(dns.asked)
    clock.now += 2
    keys.ask(A, ZONE)

    assert first == second == (FAILED if isinstance(answer, Unreachable) else Answer(answer, True))
    assert (asked, len(dns.asked)) == (1, 2)


def test_servers_that_are_silent_are_left_alone_for_a_minute(clock: Clock) -> None:
    """Whatever name of theirs is asked for; another zone's are asked."""
    dns = FakeDns({A: Unreachable("silent", took_too_long=True), B: FOUND.records})
    keys = DnsKeys(dns, clock)

    assert keys.ask(A, ZONE) == FAILED
    assert keys.ask(B, ZONE) == FAILED
    assert keys.ask("c._domainkey.fabrikam.example", "fabrikam.example") == NONE
    clock.now += 61
    assert keys.ask(B, ZONE) == FOUND
    assert dns.asked == [A, "c._domainkey.fabrikam.example", B]


def test_random_selectors_flood_nobody(clock: Clock) -> None:
    """So many unknown names of a zone within a minute are asked for, and no more; known ones still answer."""
    dns = FakeDns({A: FOUND.records})
    keys = DnsKeys(dns, clock)
    keys.ask(A, ZONE)

    for number in range(1000):
        keys.ask(f"x{number}._domainkey.{ZONE}", ZONE)
    flooded = len(dns.asked)
    clock.now += 30
    known, unknown = keys.ask(A, ZONE), keys.ask(B, ZONE)
    clock.now += 61
    later = keys.ask(B, ZONE)

    assert flooded == NAMES_A_MINUTE
    assert (known, unknown, later) == (FOUND, FAILED, NONE)


def test_a_flood_keeps_no_key_from_being_asked_for_again(clock: Clock) -> None:
    """A name that had a key lately is none of the unknown ones, also when its answer holds no more."""
    dns = FakeDns({A: FOUND.records}, ttl=60)
    keys = DnsKeys(dns, clock)
    keys.ask(A, ZONE)
    clock.now += 61

    for number in range(100):
        keys.ask(f"x{number}._domainkey.{ZONE}", ZONE)

    assert keys.ask(A, ZONE) == FOUND
    assert dns.asked.count(A) == 2


def test_after_a_failure_a_key_is_still_known_to_be_there(clock: Clock) -> None:
    """Junk selectors keep it from being asked for only once the DNS has said that there is none."""
    dns = FakeDns({A: FOUND.records}, ttl=60)
    keys = DnsKeys(dns, clock)
    keys.ask(A, ZONE)

    answers = []
    for said in (Unreachable("SERVFAIL"), FOUND.records, (), FOUND.records):
        dns.records[A] = said
        clock.now += 601
        for number in range(100):
            keys.ask(f"x{number}._domainkey.{ZONE}", ZONE)
        answers.append(keys.ask(A, ZONE))

    assert answers == [FAILED, FOUND, NONE, FAILED]


def test_an_interruption_ends_the_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever presses Ctrl-C waits for the question in hand at most, and not for all names that are left."""
    dns = SlowDns()
    keys = DnsKeys(dns)

    def interrupt(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(dns_keys, "wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        keys.ask_all([(f"{number}._domainkey.slow.example", "slow.example") for number in range(5)])
    dns.release.set()
    assert keys._workers is not None
    keys._workers.shutdown()

    assert len(dns.asked) <= 1


def test_what_is_remembered_is_bounded(clock: Clock) -> None:
    """The oldest answers go first."""
    keys = DnsKeys(FakeDns(), clock)

    for number in range(REMEMBERED + 10):
        keys.ask(f"x._domainkey.z{number}.example", f"z{number}.example")

    assert keys.recall("x._domainkey.z9.example") is None
    assert keys.recall("x._domainkey.z10.example") == NONE


class SlowDns:
    """Answers a zone's names only when it is let go."""

    def __init__(self) -> None:
        self.release = threading.Event()
        self.asked: list[str] = []

    def fetch(self, name: str) -> Fetched:
        self.asked.append(name)
        if "slow" in name:
            self.release.wait(10)
        return Fetched(FOUND.records, 300)


def test_a_batch_waits_for_slow_servers_no_longer_than_its_limit() -> None:
    """Each zone is asked beside the others; what is late counts as unreachable, and nobody asks on."""
    dns = SlowDns()
    keys = DnsKeys(dns, batch_seconds=0.2)
    slow = [(f"{number}._domainkey.slow.example", "slow.example") for number in range(5)]

    with capture_logs() as told:
        keys.ask_all([*slow, (A, ZONE), (B, ZONE)])

    answers = [keys.recall(name) for name, _ in slow]
    asked = sorted(dns.asked)
    dns.release.set()
    assert answers == [FAILED] * 5
    assert (keys.recall(A), keys.recall(B)) == (FOUND, FOUND)
    assert asked == ["0._domainkey.slow.example", A, B]
    assert [(entry["names"], entry["first"]) for entry in told] == [(5, "0._domainkey.slow.example")]


def test_a_batch_asks_for_nothing_that_is_known(clock: Clock) -> None:
    """Nor twice for one name."""
    dns = FakeDns({A: FOUND.records})
    keys = DnsKeys(dns, clock)

    keys.ask_all([(A, ZONE), (A, ZONE), (B, ZONE)])
    keys.ask_all([(A, ZONE), (B, ZONE)])

    assert sorted(dns.asked) == [A, B]


def test_a_fault_of_ours_is_told(clock: Clock) -> None:
    """What went wrong while a batch's keys were asked for is in the log; the keys count as not to be fetched."""

    class Faulty(FakeDns):
        def fetch(self, name: str) -> Fetched:
            raise TypeError(name)

    keys = DnsKeys(Faulty(), clock)

    with capture_logs() as logs:
        keys.ask_all([(A, ZONE)])

    assert [one["event"] for one in logs if one["log_level"] == "error"] == [
        "a fault of ours kept keys from being looked up"
    ]
    assert keys.recall(A) == FAILED


def test_patient_work_asks_for_any_number_of_names() -> None:
    """An operator who has old mails judged again is not held up by what strangers wrote."""
    dns = FakeDns()
    keys = open_keyring(DkimSettings(), is_patient=True).dns
    assert keys is not None
    keys.fetcher = dns

    keys.ask_all([(f"s{number}._domainkey.{ZONE}", ZONE) for number in range(3 * NAMES_A_MINUTE)])

    assert len(dns.asked) == 3 * NAMES_A_MINUTE
