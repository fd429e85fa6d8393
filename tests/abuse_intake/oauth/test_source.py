"""How long a token is used, and that connections which ask at once fetch one."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from abuse_intake.errors import TokenError
from abuse_intake.oauth.source import RememberingSource, Token, check_token


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def count_up(lifetime: float = 3600) -> Callable[[], Token]:
    """A fetch that gives token-1, token-2 and so on."""
    numbers: Iterator[int] = iter(range(1, 1000))
    return lambda: Token(f"token-{next(numbers)}", lifetime)


def test_a_token_is_used_until_a_minute_before_its_end() -> None:
    """A login that begins with it must not outlast it."""
    clock = Clock()
    source = RememberingSource(count_up(lifetime=3600), clock)

    first = source.get()
    clock.seconds += 3540
    still = source.get()
    clock.seconds += 1
    then = source.get()

    assert (first, still, then) == ("token-1", "token-1", "token-2")


def test_a_token_that_lives_less_than_a_minute_is_used_once() -> None:
    """It is good for the login that asked for it, and not kept."""
    source = RememberingSource(count_up(lifetime=30))

    assert [source.get(), source.get()] == ["token-1", "token-2"]


def test_a_refused_token_is_replaced() -> None:
    """After `forget` the next one is fetched anew."""
    source = RememberingSource(count_up())

    source.forget(source.get())

    assert source.get() == "token-2"


def test_a_refusal_of_an_older_token_costs_no_new_one() -> None:
    """Another connection may be refused with the token that was replaced already."""
    source = RememberingSource(count_up())
    source.forget(source.get())
    source.get()

    source.forget("token-1")

    assert source.get() == "token-2"


def test_connections_at_once_fetch_one_token() -> None:
    """Who asks while another fetches waits for that one's token."""
    gate, fetched = threading.Event(), []

    def fetch() -> Token:
        fetched.append(gate.wait(10))
        return Token(f"token-{len(fetched)}")

    source = RememberingSource(fetch)
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(source.get) for _ in range(8)]
        gate.set()

        assert {one.result(10) for one in asked} == {"token-1"}


def test_connections_at_once_hear_of_one_failure() -> None:
    """Where a fetch fails, those who waited for it do not each wait for a failure of their own."""
    clock, inside, gate, fetched = Clock(), threading.Event(), threading.Event(), []

    def fetch() -> Token:
        fetched.append(1)
        inside.set()
        gate.wait(10)
        clock.seconds += 30
        raise TokenError("the token endpoint did not answer")

    asking = threading.Semaphore(0)

    class Watched(Clock):
        def __call__(self) -> float:
            asking.release()
            return clock()

    source = RememberingSource(fetch, Watched())
    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(source.get)
        inside.wait(10)
        others = [pool.submit(source.get) for _ in range(4)]
        for _ in range(2 + 4):  # the first looks at the clock twice before it fetches, each other one once
            assert asking.acquire(timeout=10)
        gate.set()

        failures = [one.exception(10) for one in (first, *others)]

    assert [str(one) for one in failures] == ["the token endpoint did not answer"] * 5
    assert len(fetched) == 1


def test_a_failure_is_not_remembered() -> None:
    """The next poll asks again."""
    answers = iter([TokenError("away"), Token("token-1")])

    def fetch() -> Token:
        answer = next(answers)
        if isinstance(answer, TokenError):
            raise answer
        return answer

    source = RememberingSource(fetch)
    with pytest.raises(TokenError):
        source.get()

    assert source.get() == "token-1"


@pytest.mark.parametrize("text", ["", "two words", "a\nb", "tökén", "a\x01b", "x" * 9_001])
def test_what_could_not_be_a_token_is_refused(text: str) -> None:
    """A page of HTML, or a prompt, never goes into a login; what it was is not repeated."""
    with pytest.raises(ValueError, match=r"^(nothing|no token: one has no spaces)") as error:
        check_token(text)

    assert not text or text not in str(error.value)


def test_a_token_is_not_shown() -> None:
    """Its value, as a log or a traceback shows it, has no token in it."""
    assert "secret" not in repr(Token("secret"))
