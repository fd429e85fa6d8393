"""A proxy between the worker and its servers that spoils the conversations at random: all is done, nothing twice."""

import random
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import sleep

import pytest
from descriptions import find_differences
from mail_mix import make_mails
from server_world import QUICK_RETRIES, End, ServerWorld, make_world
from servers.dovecot import Dovecot
from servers.faulty_proxy import Fault, FaultyProxy, answer, reset

pytestmark = [pytest.mark.dovecot, pytest.mark.postfix]

SEED = 20261201
RAWS = make_mails(160)
UNIQUE = len(set(RAWS))
AT_ONCE = 8
PAUSE_SECONDS = 1.2
"""Somewhat longer than from one poll to the next: every second one has its fault."""
CONNECTIONS = 4
FINAL_DOT = rb"^\.\r\n"

NO = answer("{tag} NO [UNAVAILABLE] Try later")
BAD = answer("{tag} BAD What?")
EMPTY = answer("{tag} OK Done")
BYE = answer("* BYE Server shutting down", closing=True)
BUSY = answer("* BYE Too many connections", closing=True)
OFTEN = slice(2, 6)
"""The commands of each poll, in both tables: they come up twice as often as those of a new connection."""
RESETS = (reset(), reset(after_answer=True))

IMAP_FAULTS: Sequence[tuple[bytes, tuple[Fault, ...]]] = (
    (rb"^$", (BUSY, reset())),
    (rb"^\S+ LOGIN", (NO, BYE, *RESETS)),
    (rb"^\S+ SELECT", (NO, BAD, BYE, *RESETS)),
    (rb"^\S+ (UID )?SEARCH", (NO, BAD, EMPTY, BYE, *RESETS)),
    (rb"^\S+ UID FETCH", (NO, BAD, EMPTY, BYE, *RESETS)),
    (rb"^\S+ UID MOVE", (NO, BAD, BYE, *RESETS)),
    (rb"^\S+ (LIST|CREATE|NAMESPACE|IDLE|NOOP)", (NO, BAD, BYE, *RESETS)),
)
TRY_LATER = tuple(answer(f"{code} 4.3.2 Try later") for code in (450, 451, 452))
TRY_LATER_AND_CLOSE = answer("451 4.3.2 Try later", closing=True)
CLOSING = answer("421 4.3.2 Shutting down", closing=True)
SMTP_FAULTS: Sequence[tuple[bytes, tuple[Fault, ...]]] = (
    (rb"^$", (CLOSING, reset())),
    (rb"^EHLO", (CLOSING, *RESETS)),
    (rb"^MAIL FROM", (*TRY_LATER, CLOSING, *RESETS)),
    (rb"^RCPT TO", (*TRY_LATER, CLOSING, *RESETS)),
    (rb"^DATA\r\n", (*TRY_LATER, CLOSING, *RESETS)),
    (FINAL_DOT, (TRY_LATER_AND_CLOSE, CLOSING, *RESETS)),
)


@pytest.fixture(scope="module")
def undisturbed(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> End:
    """What a run leads to between which and its servers nothing stands."""
    with make_world(tmp_path_factory.mktemp("undisturbed"), dovecot) as world:
        world.deliver(RAWS)
        world.run_once()
        return world.describe()


@contextmanager
def between(
    folder: Path, dovecot: Dovecot, changed: str = ""
) -> Iterator[tuple[ServerWorld, FaultyProxy, FaultyProxy]]:
    """A world, and the proxies before its IMAP and its SMTP server."""
    with ExitStack() as stack:
        world = stack.enter_context(make_world(folder, dovecot, changed=changed))
        imap = stack.enter_context(FaultyProxy(dovecot.port))
        smtp = stack.enter_context(FaultyProxy(world.smtp.port))
        world.configure(imap_port=imap.port, smtp_port=smtp.port, connections=CONNECTIONS)
        yield world, imap, smtp


def spoil_one(
    proxy: FaultyProxy, faults: Sequence[tuple[bytes, tuple[Fault, ...]]], chance: random.Random
) -> None:
    """Spoil the next of the conversations on this side, and no later one."""
    proxy.heal()
    pattern, possible = chance.choice((*faults, *faults[OFTEN]))
    proxy.spoil(pattern, chance.choice(possible))


def test_random_faults_lose_and_double_nothing(dovecot: Dovecot, undisturbed: End, tmp_path: Path) -> None:
    """Mails come in while both conversations are spoilt again and again; then all of them are worked, each once.

    In doubt is an acknowledgement only where the conversation was broken at the final dot.
    """
    chance = random.Random(SEED)
    with between(tmp_path, dovecot, QUICK_RETRIES) as (world, imap, smtp):
        with world.working():
            for start in range(0, len(RAWS), AT_ONCE):
                if start % (2 * AT_ONCE):  # one whose polls all fail waits longer and longer
                    imap.heal()
                else:
                    spoil_one(imap, IMAP_FAULTS, chance)
                spoil_one(smtp, SMTP_FAULTS, chance)
                world.deliver(RAWS[start : start + AT_ONCE])
                sleep(PAUSE_SECONDS)
            imap.heal()
            smtp.heal()
            world.await_done(UNIQUE)
        end = world.describe()

    in_doubt = end.states.count("outcome_unknown")
    assert min(len(imap.spoilt), len(smtp.spoilt)) >= 3
    assert find_differences(end.stored, undisturbed.stored) == {}
    assert set(end.answers.values()) == {1}
    assert not end.answers - undisturbed.answers
    assert (undisturbed.answers - end.answers).total() <= in_doubt
    assert in_doubt <= sum(line == b".\r\n" for line in smtp.spoilt)
    assert end.states.count("sent") == len(undisturbed.states) - in_doubt


SINGLE_FAULTS = (
    ("imap", rb"^$", BUSY),
    ("imap", rb"^\S+ LOGIN", NO),
    ("imap", rb"^\S+ SELECT", BYE),
    ("imap", rb"^\S+ (UID )?SEARCH", reset()),
    ("imap", rb"^\S+ UID FETCH", EMPTY),
    ("imap", rb"^\S+ UID FETCH", reset(after_answer=True)),
    ("imap", rb"^\S+ UID MOVE", NO),
    ("imap", rb"^\S+ UID MOVE", reset()),
    ("imap", rb"^\S+ UID MOVE", reset(after_answer=True)),
    ("smtp", rb"^$", CLOSING),
    ("smtp", rb"^EHLO", reset()),
    ("smtp", rb"^MAIL FROM", TRY_LATER[1]),
    ("smtp", rb"^RCPT TO", reset(after_answer=True)),
    ("smtp", rb"^DATA\r\n", CLOSING),
    ("smtp", FINAL_DOT, TRY_LATER_AND_CLOSE),
)
ONE_POLL_SECONDS = 30
"""Far more than one poll takes on a busy machine, and less than five failures in a row would make the worker wait."""


def test_after_a_fault_the_next_poll_does_it(dovecot: Dovecot, tmp_path: Path) -> None:
    """One fault of a server costs one poll at most: then the mail is filed and its reporter answered."""
    raws = list(dict.fromkeys(make_mails(5 * len(SINGLE_FAULTS))))
    with between(tmp_path, dovecot, QUICK_RETRIES) as (world, imap, smtp), world.working():
        world.deliver([raws[0]])
        world.await_done(1)  # the reader of mails starts with the first one, which takes longer than a poll
        for number, (side, pattern, fault) in enumerate(SINGLE_FAULTS, start=1):
            proxy = imap if side == "imap" else smtp
            proxy.spoil(pattern, fault)
            if pattern in (rb"^$", rb"^\S+ LOGIN"):
                imap.cut()  # a connection that stays is not opened again
            world.deliver([raws[number]])
            world.await_done(1 + number, seconds=ONE_POLL_SECONDS)
            assert proxy.spoilt, pattern
            proxy.heal()
            proxy.spoilt.clear()

        assert set(world.list_states().values()) == {"sent"}
        assert set(world.describe().answers.values()) == {1}
