"""The worker and a person on one mailbox: what stays is worked once, and lies in one place."""

from collections import Counter
from collections.abc import Iterator, Mapping
from email import message_from_bytes
from hashlib import sha256
from time import sleep

import pytest
from arrival_builders import make_bounce, make_forward, make_message
from human import ARCHIVE, DESK, Human
from intake_world import await_truth, list_mails
from server_world import WORKING_FOLDERS, ServerWorld, make_world
from servers.dovecot import Dovecot
from sqlalchemy import text

pytestmark = [pytest.mark.dovecot, pytest.mark.postfix]

SEED = 20261201
MAILS = 3000
AT_ONCE = 100
PAUSE_SECONDS = 0.05
UNANSWERED = "Precedence: bulk\n"


def make_mail(number: int) -> bytes:
    """A report, whose sender is answered or (most of them, so that it does not take long) not, or a bounce."""
    if number % 10 == 0:
        return make_bounce(number)
    extra = "" if number % 10 == 1 else UNANSWERED
    return make_forward(make_message(number // 3), number=number, extra=extra)


def read_id(raw: bytes) -> str:
    return str(message_from_bytes(raw)["Message-ID"])


RAWS = [make_mail(number) for number in range(MAILS)]
BY_HASH = {sha256(raw).hexdigest(): raw for raw in RAWS}
IDS = {digest: read_id(raw) for digest, raw in BY_HASH.items()}


def count_reports(raw: bytes) -> int:
    """How many reports a mail of ours holds."""
    return raw.count(b"Content-Type: message/rfc822")


def is_answered(raw: bytes) -> bool:
    return b"\r\nAuto-Submitted:" not in raw and b"\r\nPrecedence:" not in raw


def disturb(world: ServerWorld, seed: int) -> Human:
    """Let mails come in, and a person work among them, while the worker runs; wait until INBOX is empty."""
    with world.working():
        with Human(world.dovecot, world.user, seed) as human:
            for start in range(0, len(RAWS), AT_ONCE):
                world.deliver(RAWS[start : start + AT_ONCE])
                sleep(PAUSE_SECONDS)
        await_truth(lambda: is_quiet(world), seconds=90)
    return human


def is_quiet(world: ServerWorld) -> bool:
    held = world.look()
    busy = held.unread or held.unfiled or held.states["waiting"] or held.states["sending"]
    return not busy and not world.dovecot.messages(world.user)


def find_reports(world: ServerWorld) -> Mapping[str, int]:
    """How many reports each mail has in the database, by its hash."""
    counted = (
        "SELECT mails.sha256, count(reports.id) FROM mails"
        " LEFT JOIN reports ON reports.mail_id = mails.id GROUP BY mails.sha256"
    )
    with world.database.read() as session:
        return dict(map(tuple, session.execute(text(counted))))


@pytest.fixture(scope="module")
def disturbed(
    dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[ServerWorld, Human]]:
    """A world whose mailbox a person has worked in as well."""
    with make_world(tmp_path_factory.mktemp("human"), dovecot) as world:
        yield world, disturb(world, SEED)


def test_the_person_did_all_that_people_do(disturbed: tuple[ServerWorld, Human]) -> None:
    """Every habit came up while the worker ran."""
    _, human = disturbed

    assert len(human.done) == 8
    assert min(human.done.values()) >= 3, human.done


def test_what_stayed_lies_in_one_place(disturbed: tuple[ServerWorld, Human]) -> None:
    """Each mail lies in one folder once, flagged as deleted or not; only what the person expunged may be gone.

    What the person moved at the same moment as the worker lies where both wanted it, at the worst.
    """
    world, human = disturbed

    lying = world.describe_folders((*WORKING_FOLDERS, DESK, ARCHIVE))
    times = Counter(digest for _, digest in lying)
    for (_, digest), count in lying.items():
        times[digest] += count - 1
    gone = {IDS[digest] for digest in BY_HASH if not times[digest]}
    twice = {IDS[digest] for digest, count in times.items() if count > 1}

    assert gone <= human.expunged
    assert twice <= human.moved
    assert len(twice) <= len(human.moved) / 20
    assert {folder for folder, _ in lying} <= {"Processed", "Other", ARCHIVE}


def test_what_stayed_is_worked_once(disturbed: tuple[ServerWorld, Human]) -> None:
    """Each mail that lies in a folder of ours has its disposition and its reports, borrowed in between or not."""
    world, _ = disturbed

    mails = {mail.sha256: mail.disposition for mail in list_mails(world.database)}
    filed = {digest: folder for folder, digest in world.describe_folders()}

    assert set(filed) <= set(mails)
    assert {digest: mails[digest] for digest in filed} == {
        digest: "report" if folder == "Processed" else "not_a_report" for digest, folder in filed.items()
    }
    assert find_reports(world) == {digest: count_reports(BY_HASH[digest]) for digest in mails}


def test_each_reporter_is_answered_once_a_mail(disturbed: tuple[ServerWorld, Human]) -> None:
    """For each mail that was worked one acknowledgement, and no second one for what came back."""
    world, _ = disturbed

    answered = Counter(answers_to for _, answers_to in world.describe().answers.elements())
    expected = {IDS[mail.sha256] for mail in list_mails(world.database) if is_answered(BY_HASH[mail.sha256])}

    assert answered == Counter(expected)
