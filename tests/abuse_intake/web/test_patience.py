"""How long a client may leave unread what was sent to it: all at once, or again and again."""

import asyncio
from collections.abc import Callable
from typing import cast

import pytest
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from abuse_intake.web.connection import EARNED_SECONDS, STALLED_SECONDS, Connection


class _Timer:
    def __init__(self, at: float, call: Callable[[], None]) -> None:
        self.at = at
        self.call = call

    def cancel(self) -> None:
        self.at = float("inf")


class _Clock:
    """An event loop of timers alone, whose time is ours."""

    def __init__(self) -> None:
        self._now = 1_000.0
        self._timers = list[_Timer]()

    def time(self) -> float:
        return self._now

    def call_later(self, seconds: float, call: Callable[[], None]) -> _Timer:
        self._timers.append(_Timer(self._now + seconds, call))
        return self._timers[-1]

    def pass_by(self, seconds: float) -> None:
        self._now += seconds
        for timer in [one for one in self._timers if one.at <= self._now]:
            timer.cancel()
            timer.call()


class _Transport:
    is_cut = False

    def abort(self) -> None:
        self.is_cut = True

    def get_extra_info(self, _name: str) -> None:
        return None


class _Client:
    """A connection whose client reads as the test tells."""

    def __init__(self) -> None:
        self._clock, self._transport = _Clock(), _Transport()
        config = uvicorn.Config(lambda: None, log_config=None)
        loop = cast(asyncio.AbstractEventLoop, self._clock)
        self._connection = Connection(config, ServerState(), {}, loop)
        self._connection.connection_made(cast(asyncio.Transport, self._transport))
        self._connection._forget_deadline()  # its request has come

    def read_after(self, seconds: float) -> None:
        """Leave all unread for so long, then take some of it."""
        self._connection.pause_writing()
        self._clock.pass_by(seconds)
        if not self.is_cut:
            self._connection.resume_writing()

    def wait(self, seconds: float) -> None:
        """With nothing that would be unread."""
        self._clock.pass_by(seconds)

    def finish(self) -> None:
        """The answer ended."""
        self._connection.on_response_complete()

    @property
    def is_cut(self) -> bool:
        return self._transport.is_cut


@pytest.fixture
def client() -> _Client:
    return _Client()


@pytest.mark.parametrize(("seconds", "is_cut"), [(STALLED_SECONDS - 1, False), (STALLED_SECONDS, True)])
def test_who_reads_nothing_is_cut_off(client: _Client, seconds: float, is_cut: bool) -> None:
    """Not before patience has an end."""
    client.read_after(seconds)

    assert client.is_cut is is_cut


def test_who_keeps_the_pace_is_never_cut_off(client: _Client) -> None:
    """However long all pauses are together."""
    for _ in range(1_000):
        client.read_after(EARNED_SECONDS)

    assert not client.is_cut


def test_who_reads_too_little_again_and_again_is_cut_off(client: _Client) -> None:
    """Each pause alone would be borne."""
    pause = 2 * EARNED_SECONDS
    pauses = int(STALLED_SECONDS / EARNED_SECONDS)

    for _ in range(pauses - 2):
        client.read_after(pause)
    was_cut = client.is_cut
    client.read_after(pause)
    client.read_after(pause)

    assert (was_cut, client.is_cut) == (False, True)


def test_patience_does_not_pile_up(client: _Client) -> None:
    """Who read fast for long may stop for no longer than others."""
    for _ in range(1_000):
        client.read_after(0)

    client.read_after(STALLED_SECONDS)

    assert client.is_cut


def test_nobody_is_cut_off_for_what_we_are_slow_to_send(client: _Client) -> None:
    """Patience is used up by what lies unread, not by time."""
    client.read_after(STALLED_SECONDS - 1)
    client.wait(10 * STALLED_SECONDS)

    assert not client.is_cut


def test_each_answer_has_all_patience_again(client: _Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also the next one on a connection whose last one was read slowly."""
    monkeypatch.setattr(H11Protocol, "on_response_complete", lambda _protocol: None)
    client.read_after(STALLED_SECONDS - 1)

    client.finish()
    client.read_after(STALLED_SECONDS - 1)

    assert not client.is_cut
