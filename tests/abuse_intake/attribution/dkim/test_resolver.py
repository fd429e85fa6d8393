"""Keys from a real DNS server."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.message
import dns.rrset
import pytest
from servers.dnsmasq import Dnsmasq
from servers.programs import HOST, find_free_port
from servers.skipping import make_or_skip
from signing import (
    ARRIVAL,
    DOMAIN,
    PROVIDER,
    TENANTS,
    as_message,
    name_of,
    sign,
)
from signing_keys import rsa_key

from abuse_intake.attribution import Directory
from abuse_intake.attribution.dkim import DkimVerifier, open_keyring
from abuse_intake.attribution.dkim.dns_keys import Fetched, Unreachable
from abuse_intake.attribution.dkim.problems import Problem
from abuse_intake.attribution.dkim.resolver import Resolver
from abuse_intake.settings_attribution import DkimSettings


@pytest.fixture
def server() -> Iterator[Dnsmasq]:
    """A server of its own for each test: what it knows changes."""
    with make_or_skip(lambda: Dnsmasq(DOMAIN)) as started:
        yield started


@pytest.mark.dnsmasq
def test_txt_records_are_found_and_their_strings_joined(server: Dnsmasq) -> None:
    """A key of 4,096 bits is longer than a string of 255 bytes, and than a UDP packet of old."""
    long, short = rsa_key(4096).record, "v=DKIM1; p="
    server.publish({name_of(): (long,), f"x.{DOMAIN}": (short, "other")})
    resolver = Resolver((server.address,))

    assert resolver.fetch(name_of()) == Fetched((long,), 300)
    assert sorted(resolver.fetch(f"x.{DOMAIN}").records) == ["other", short]


def test_an_alias_is_followed() -> None:
    """Senders publish their service's keys so, in another zone; dnsmasq has no aliases of TXT records."""
    target = f"target.{DOMAIN}"

    with _answering(
        f"{name_of()}. 300 IN CNAME {target}.", f'{target}. 60 IN TXT "v=DKIM1; " "p="'
    ) as address:
        found = Resolver((address,)).fetch(name_of())

    assert found == Fetched(("v=DKIM1; p=",), 60)


def test_so_many_records_of_a_name_are_taken() -> None:
    """Each costs a signature's verification: who publishes a thousand keys has the first few tried."""
    with _answering(*(f'{name_of()}. 300 IN TXT "key {number}"' for number in range(12))) as address:
        found = Resolver((address,)).fetch(name_of())

    assert found.records == tuple(f"key {number}" for number in range(10))


def test_a_question_says_how_long_an_answer_may_be() -> None:
    """Longer than of old, so that a long key needs no TCP; no longer than what passes everywhere unfragmented."""
    asked: list[dns.message.Message] = []

    with _answering(f'{name_of()}. 300 IN TXT "v=DKIM1; p="', asked=asked) as address:
        Resolver((address,)).fetch(name_of())

    assert [(question.edns, question.payload) for question in asked] == [(0, 1232)]


@contextmanager
def _answering(*lines: str, asked: list[dns.message.Message] | None = None) -> Iterator[str]:
    """A server that gives one answer to whatever is asked, once, and notes what that was; its address."""
    with socket.socket(type=socket.SOCK_DGRAM) as server:
        server.bind((HOST, 0))

        def answer_once() -> None:
            raw, asker = server.recvfrom(4096)
            question = dns.message.from_wire(raw)
            if asked is not None:
                asked.append(question)
            response = dns.message.make_response(question)
            for name, ttl, kind, of_type, text in (line.split(" ", 4) for line in lines):
                response.answer.append(dns.rrset.from_text(name, ttl, kind, of_type, text))
            server.sendto(response.to_wire(), asker)

        answering = threading.Thread(target=answer_once)
        answering.start()
        yield f"{HOST}:{server.getsockname()[1]}"
        answering.join(10)


@pytest.mark.dnsmasq
def test_a_name_that_is_not_there_has_no_records(server: Dnsmasq) -> None:
    """That is certain, and no failure."""
    assert Resolver((server.address,)).fetch(name_of()) == Fetched(())


@pytest.mark.dnsmasq
def test_a_server_that_refuses_or_is_not_there_is_unreachable(server: Dnsmasq) -> None:
    """Dnsmasq refuses names that are not its own; nobody listens on the other port."""
    with pytest.raises(Unreachable) as refused:
        Resolver((server.address,)).fetch("s1._domainkey.elsewhere.example")
    with pytest.raises(Unreachable) as silent:
        Resolver((f"{HOST}:{find_free_port()}",)).fetch(name_of())

    assert not refused.value.took_too_long
    assert silent.value.took_too_long


@pytest.mark.dnsmasq
def test_a_message_is_proven_with_a_key_from_the_dns(server: Dnsmasq) -> None:
    """Through the whole verifier; one whose key is published only later is told until then."""
    verifier = DkimVerifier(PROVIDER, open_keyring(DkimSettings(nameservers=(server.address,))))
    late = DkimVerifier(PROVIDER, open_keyring(DkimSettings(nameservers=(server.address,))))
    message, directory = as_message(sign(key=rsa_key(2048))), Directory(TENANTS)

    (before,) = verifier.verify(message, directory, ARRIVAL)
    server.publish({name_of(): (rsa_key(2048).record,)})
    (remembered,) = verifier.verify(message, directory, ARRIVAL)
    (after,) = late.verify(message, directory, ARRIVAL)

    assert (before.problem, remembered.problem) == (Problem.NO_KEY, Problem.NO_KEY)
    assert after.is_proof
