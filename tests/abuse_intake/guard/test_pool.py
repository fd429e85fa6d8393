"""The guard: a mail costs a bounded time and memory, and never more than itself."""

import errno
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

import psutil
import pytest
from arrival_builders import make_arf, make_bounce, make_forward, make_message
from hostile_readers import HOSTILE_READER, make_word

from abuse_intake.errors import GuardError
from abuse_intake.guard import limits, process, wire
from abuse_intake.guard.failure import Failure
from abuse_intake.guard.pool import Guard, split_frames
from parsers import read_mail

GOOD = make_forward(make_message(1))
MANY = [
    make(number)
    for number in range(40)
    for make in (
        lambda n: make_forward(make_message(n), number=n),
        lambda n: make_arf(make_message(n)),
        make_bounce,
    )
]


@pytest.fixture
def guard() -> Iterator[Guard]:
    """A guard of ordinary processes."""
    with Guard() as made:
        yield made


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> Iterator[Guard]:
    """A guard of one process that obeys the words of mails, with short limits."""
    monkeypatch.setattr(process, "CHILD_CODE", HOSTILE_READER)
    monkeypatch.setattr(limits, "CPU_SECONDS", 0.3)
    monkeypatch.setattr(limits, "WALL_SECONDS", 2.0)
    with Guard(most=1) as made:
        yield made


def test_mails_are_read_as_without_it(guard: Guard) -> None:
    """Many frames over all processes give what reading in place gives, in the same order."""
    assert guard.begin_reading(MANY).results() == [read_mail(raw) for raw in MANY]


def test_mails_are_read_as_they_come(guard: Guard) -> None:
    """A stream of mails is read in its order."""
    assert list(guard.read_each(iter(MANY))) == [read_mail(raw) for raw in MANY]


def test_a_stream_is_not_read_far_ahead(guard: Guard) -> None:
    """Of a long stream a bounded number of mails is held in memory."""
    taken = iter(range(100_000))

    next(guard.read_each(GOOD for _ in taken))

    assert next(taken) < 1000


def test_no_mails_need_no_process(monkeypatch: pytest.MonkeyPatch, guard: Guard) -> None:
    """Where there is nothing to read, nothing is started."""
    monkeypatch.setattr(process, "CHILD_CODE", "raise SystemExit(1)")

    assert guard.begin_reading([]).results() == []


@pytest.mark.parametrize("size", [0, 1, 300_000, 9_000_000])
def test_a_mail_of_any_size_is_read(guard: Guard, size: int) -> None:
    """The empty mail, and one that is larger than a frame."""
    raw = GOOD[:size] + b"x" * (size - len(GOOD))

    assert guard.begin_reading([raw, GOOD]).results() == [read_mail(raw), read_mail(GOOD)]


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        pytest.param("LOOPS", "too_costly", id="it takes processor time"),
        pytest.param("MATCHES", "too_costly", id="it takes it within one regular expression"),
        pytest.param("SLEEPS", "too_costly", id="it takes time without any work"),
        pytest.param("EATS", "too_costly", id="it takes memory"),
        pytest.param("STOPS", "too_costly", id="its own clocks cannot end it"),
        pytest.param("LEAVES", "kills_the_reader", id="it ends the process"),
        pytest.param(
            "LIES", "kills_the_reader", id="it ends the process, which names a mail that it never had"
        ),
        pytest.param("CRASHES", "kills_the_reader", id="it crashes the process"),
        pytest.param("KILLED", "kills_the_reader", id="the process is killed whenever it is read"),
    ],
)
def test_a_mail_over_a_limit_costs_itself_only(hostile: Guard, word: str, reason: str) -> None:
    """It has no answer, and says why; those before and behind it are read."""
    results = hostile.begin_reading([GOOD, make_word(word), GOOD]).results()

    assert results == [read_mail(GOOD), Failure(reason), read_mail(GOOD)]


def _read_without_clock(watched: process._Watched, buffer: bytearray) -> int:
    """As if the program waited without end: but for a broken clock, which would hang the test."""
    try:
        return watched._connection.recv_into(buffer)
    except TimeoutError:
        pytest.fail("no clock of its own ended the process")


@pytest.mark.parametrize(
    ("word", "child_limits"),
    [
        pytest.param("LOOPS", "0.3, 60.0", id="that of processor time"),
        pytest.param("SLEEPS", "60.0, 0.3", id="that of time"),
    ],
)
def test_each_clock_ends_a_process_by_itself(
    monkeypatch: pytest.MonkeyPatch, word: str, child_limits: str
) -> None:
    """The kernel does it, and the program need not."""
    monkeypatch.setattr(process, "CHILD_CODE", HOSTILE_READER.replace("0.3, 1.0", child_limits))
    monkeypatch.setattr(limits, "WALL_SECONDS", 20.0)
    monkeypatch.setattr(process._Watched, "readinto", _read_without_clock)

    with Guard(most=1) as guard:
        assert guard.begin_reading([make_word(word)]).results() == [Failure("too_costly")]


def test_a_large_mail_has_more_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own size counts: it is held, decoded and answered."""
    monkeypatch.setattr(process, "CHILD_CODE", HOSTILE_READER)
    monkeypatch.setattr(limits, "WALL_SECONDS", 30.0)
    raw = make_word("EATS-ITS-SHARE") + b"x" * 20_000_000

    with Guard(most=1) as guard:
        large, small = guard.begin_reading([raw, make_word("EATS-ITS-SHARE")]).results()

    assert large == read_mail(raw)
    assert small == Failure("too_costly")


def test_mails_that_are_slow_together_cost_nothing(hostile: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is that of one mail: a frame may take longer than any of its mails."""
    monkeypatch.setattr(limits, "GRACE_SECONDS", 0.0)
    raw = make_word("DAWDLES")

    assert hostile.begin_reading([raw] * 8).results() == [read_mail(raw)] * 8


def test_a_mail_that_runs_out_of_time_is_not_read_again(
    hostile: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would cost as much once more, and nobody else can be to blame."""
    starts: list[object] = []
    start = process._start
    monkeypatch.setattr(process, "_start", lambda *given: (starts.append(given), start(*given))[1])

    assert hostile.begin_reading([make_word("LOOPS")]).results() == [Failure("too_costly")]
    assert len(starts) == 1


@pytest.mark.parametrize("word", ["EATS-LATER", "KILLED-LATER"])
def test_a_death_in_a_used_process_blames_nobody(hostile: Guard, word: str) -> None:
    """Mails before may have used the memory, and the system may kill any process: a new one reads the mail."""
    raw = make_word(word)

    assert hostile.begin_reading([GOOD, raw, GOOD]).results() == [
        read_mail(GOOD),
        read_mail(raw),
        read_mail(GOOD),
    ]


@pytest.mark.parametrize("word", ["EATS-LATER", "KILLED-LATER"])
def test_a_death_in_a_process_of_earlier_frames_blames_nobody(hostile: Guard, word: str) -> None:
    """A frame of one mail makes a process used, too."""
    raw = make_word(word)
    hostile.begin_reading([GOOD]).results()

    assert hostile.begin_reading([raw]).results() == [read_mail(raw)]


def test_a_process_that_died_while_it_waited_blames_nobody() -> None:
    """The system may end a process between two polls: the next mail has no part in it."""
    before = set(psutil.Process().children())
    with Guard(most=1) as guard:
        guard.begin_reading([GOOD]).results()
        (child,) = set(psutil.Process().children()) - before
        child.kill()

        assert guard.begin_reading([GOOD]).results() == [read_mail(GOOD)]


@pytest.mark.parametrize("word", ["STOPS-ONCE", "KILLED-TWICE"])
def test_what_comes_from_outside_blames_nobody(hostile: Guard, tmp_path: Path, word: str) -> None:
    """A new process that is stopped or killed in a mail's first moment may be so by anybody: it is read again."""
    raw = make_word(word, str(tmp_path / "read"))

    assert hostile.begin_reading([raw, GOOD]).results() == [read_mail(raw), read_mail(GOOD)]


@pytest.mark.parametrize("word", ["FAILS", "RECURS"])
def test_a_fault_of_ours_is_told(hostile: Guard, word: str) -> None:
    """An exception costs its mail only, and says what and where."""
    before, failure, after = hostile.begin_reading([GOOD, make_word(word), GOOD]).results()

    assert before == after == read_mail(GOOD)
    assert isinstance(failure, Failure)
    assert failure.reason == "internal_error"
    assert "Error: " in (failure.detail or "")
    assert " at " in (failure.detail or "")


def test_signals_to_the_group_do_not_end_a_process(hostile: Guard) -> None:
    """Ctrl-C, or a service manager that stops everything, lets the batch in hand be finished."""
    raw = make_word("SIGNALS")

    assert hostile.begin_reading([raw]).results() == [read_mail(raw)]


def test_a_process_knows_no_secret(monkeypatch: pytest.MonkeyPatch, hostile: Guard) -> None:
    """Nothing of our environment reaches what reads the mails of strangers."""
    monkeypatch.setenv("ABUSE_INTAKE_MAILBOX__URL", "imaps://junk:secret@imap.provider.example")

    (failure,) = hostile.begin_reading([make_word("TELLS")]).results()

    assert isinstance(failure, Failure)
    assert (failure.detail or "").startswith("ValueError: {")
    assert "ABUSE" not in (failure.detail or "")


def test_a_process_writes_no_file(hostile: Guard) -> None:
    """What reads the mails of strangers leaves nothing on the disk."""
    (failure,) = hostile.begin_reading([make_word("WRITES")]).results()

    assert isinstance(failure, Failure)


def test_a_process_that_cannot_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """No mail is blamed for it: nothing can be read now."""
    monkeypatch.setattr(process, "CHILD_CODE", "raise SystemExit(3)")

    with Guard() as guard, pytest.raises(GuardError, match="ended at its start"):
        guard.begin_reading([GOOD]).results()


def test_a_start_that_is_interrupted_is_made_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever kills a process before it is ready does not end the program's work."""
    once = (
        f"import os, signal; os.path.exists({str(tmp_path / 'x')!r}) or (os.mkdir({str(tmp_path / 'x')!r}), "
    )
    monkeypatch.setattr(process, "CHILD_CODE", once + "os.kill(os.getpid(), 9)); " + process.CHILD_CODE)

    with Guard(most=1) as guard:
        assert guard.begin_reading([GOOD]).results() == [read_mail(GOOD)]


def test_starts_that_are_always_interrupted_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """After some of them nothing can be read now, and no mail is blamed for it."""
    monkeypatch.setattr(process, "CHILD_CODE", "import os; os.kill(os.getpid(), 9)")

    with Guard(most=1) as guard, pytest.raises(GuardError, match="ended at its start"):
        guard.begin_reading([GOOD]).results()


def test_the_program_may_lie_anywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Also in a folder whose name holds what separates folders elsewhere, blanks and letters of any script."""
    (folder := tmp_path / "ä b:c").mkdir()
    (folder / "only_here.py").touch()
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(process, "CHILD_CODE", "import only_here; " + process.CHILD_CODE)

    with Guard(most=1) as guard:
        assert guard.begin_reading([GOOD]).results() == [read_mail(GOOD)]


def test_a_broken_installation_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what the process could not load."""
    code = "import sys; sys.modules['parsers.read'] = None; " + process.CHILD_CODE
    monkeypatch.setattr(process, "CHILD_CODE", code)

    with Guard() as guard, pytest.raises(GuardError, match=r"cannot start: .*parsers\.read"):
        guard.begin_reading([GOOD]).results()


def test_a_process_that_does_not_get_ready_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not waited for without end, and no mail is blamed for it."""
    monkeypatch.setattr(process, "CHILD_CODE", "import time; time.sleep(60)")
    monkeypatch.setattr(limits, "START_SECONDS", 0.1)
    monkeypatch.setattr(limits, "GRACE_SECONDS", 0.1)

    with Guard(most=1) as guard, pytest.raises(GuardError, match="did not get ready"):
        guard.begin_reading([GOOD]).results()


@pytest.mark.parametrize("missing", ["_make_shared_byte", "_start"])
def test_where_the_system_gives_no_more_it_is_told(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """It says why, and what was opened before is closed: the next poll may find more."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(process, missing, refuse)
    before = psutil.Process().num_fds()

    with Guard(most=1) as guard, pytest.raises(GuardError, match="Too many open files"):
        guard.begin_reading([GOOD]).results()

    assert psutil.Process().num_fds() == before


def test_processes_are_waited_for(monkeypatch: pytest.MonkeyPatch, guard: Guard) -> None:
    """Made ready, it reads without waiting for any start."""
    guard.make_ready()
    monkeypatch.setattr(limits, "START_SECONDS", 0.001)

    assert guard.begin_reading(MANY).results() == [read_mail(raw) for raw in MANY]


def test_a_process_that_never_gets_ready_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for the processes tells of nothing; whoever needs one starts it again."""
    code = process.CHILD_CODE
    with Guard(most=1) as guard:
        monkeypatch.setattr(process, "CHILD_CODE", "raise SystemExit(3)")
        guard.make_ready()

        monkeypatch.setattr(process, "CHILD_CODE", code)
        assert guard.begin_reading([GOOD]).results() == [read_mail(GOOD)]


def test_no_thread_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system gives no more threads, nothing can be read now."""

    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("can't start new thread")

    with Guard(most=1) as guard:
        monkeypatch.setattr(threading, "_start_new_thread", refuse)
        with pytest.raises(GuardError, match="no thread"):
            guard.begin_reading([GOOD])


def test_a_limit_of_the_system_below_ours_blames_nobody() -> None:
    """Whoever gives the program little memory has mails read all the same: ours is a limit of the mail's own."""
    script = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_AS, (150_000_000, 150_000_000))\n"
        "from abuse_intake.guard.pool import Guard\n"
        "with Guard(most=1) as guard:\n"
        "    (read,) = guard.begin_reading([sys.stdin.buffer.read()]).results()\n"
        "print(read.reason, getattr(read, 'disposition', None))\n"
    )

    done = subprocess.run([sys.executable, "-c", script], input=GOOD, capture_output=True, check=False)

    assert done.stdout.split() == [b"None", b"report"]


def test_after_a_failed_start_it_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What kept a process from starting may pass."""
    code = process.CHILD_CODE
    with Guard(most=1) as guard:
        monkeypatch.setattr(process, "CHILD_CODE", "raise SystemExit(3)")
        with pytest.raises(GuardError):
            guard.begin_reading([GOOD]).results()

        monkeypatch.setattr(process, "CHILD_CODE", code)
        assert guard.begin_reading([GOOD]).results() == [read_mail(GOOD)]


def test_no_process_outlives_it() -> None:
    """Closed, the guard has ended all that it started."""
    before = set(psutil.Process().children())
    with Guard() as guard:
        guard.begin_reading(MANY).results()
        started = set(psutil.Process().children()) - before

    assert started
    assert not any(one.is_running() for one in started)


def test_no_process_outlives_a_killed_program() -> None:
    """A process ends when nobody is there to send it more."""
    script = (
        "import os, psutil\n"
        "from abuse_intake.guard.pool import Guard\n"
        "guard = Guard(most=1)\n"
        "guard.begin_reading([b'From: a@b.example\\n\\n']).results()\n"
        "print(*(child.pid for child in psutil.Process().children()), flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    (child,) = map(int, done.stdout.split())
    with suppress(psutil.NoSuchProcess):
        psutil.Process(child).wait(10)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        pytest.param(os.getcwd, "posix.getcwd", id="a function"),
        pytest.param(ip_address("192.0.2.1"), "IPv4Address", id="a value, but no mail"),
    ],
)
def test_an_answer_of_other_classes_is_no_answer(
    monkeypatch: pytest.MonkeyPatch, answer: object, told: str
) -> None:
    """A process that a mail has taken over cannot make ours run anything, nor end the poll."""
    evil = pickle.dumps(answer)
    code = (
        f"from abuse_intake.guard import child, tasks; tasks.pickle.dumps = lambda *_: {evil!r}; child.main()"
    )
    monkeypatch.setattr(process, "CHILD_CODE", code)

    with Guard(most=1) as guard:
        (failure,) = guard.begin_reading([GOOD]).results()

    assert isinstance(failure, Failure)
    assert told in (failure.detail or "")


def test_a_reply_larger_than_any_is_no_reply() -> None:
    """The size that a process states is believed up to a bound: ours does not run out of memory over it."""
    packed = wire._REPLY.pack(wire.ANSWER, wire.MAX_REPLY + 1)

    with pytest.raises(EOFError):
        wire.read_reply(lambda size: packed[:size])


def test_frames_are_bounded() -> None:
    """By number and by bytes; a large mail goes alone, and none is left out."""
    raws = [b"x"] * 40 + [b"y" * limits.FRAME_BYTES] + [b"z"] * 3

    frames = list(split_frames(raws))

    assert [len(frame) for frame in frames] == [16, 16, 8, 1, 3]
    assert [raw for frame in frames for raw in frame] == raws
