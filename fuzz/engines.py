"""The ways of making mails, each a process: hypothesis, atheris (libFuzzer, guided by coverage), and a plain loop.

python -m fuzz.engines NAME SECONDS SEED [keep-going]
"""

import importlib.util
import sys
from collections.abc import Callable
from random import Random
from typing import Any

from abuse_intake.log import configure_log

INSTRUMENTED = ["parsers"]
SLOWER = 6.0
"""What counting branches costs."""
LARGEST = 128 * 1024
ROUND = 400
"""Examples of hypothesis between two looks at the clock."""


def has_atheris() -> bool:
    """Whether its wheel is installed; there is none for some versions of Python."""
    return importlib.util.find_spec("atheris") is not None


def run_loop(seconds: float, seed: int, keep_going: bool) -> None:
    """Mails are built or taken from the seeds, and damaged; nothing guides it."""
    from fuzz.build import build_any
    from fuzz.damage import damage
    from fuzz.hunt import Hunt
    from fuzz.seeds import read_seeds

    random, hunt, seeds = Random(seed), Hunt("loop", seconds, keep_going=keep_going), read_seeds()
    while not hunt.is_over:
        built = build_any(random)
        hunt.try_mail(built.raw, built.find_unexpected)
        for mail in (built.raw, random.choice(seeds), random.choice(seeds)):
            hunt.try_mail(damage(random, mail, random.choice(seeds)))
    hunt.tell()


def run_hypothesis(seconds: float, seed: int, keep_going: bool) -> None:
    """Hypothesis draws what is built and how it is damaged."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded

    from fuzz.hunt import Hunt
    from fuzz.strategies import Drawn, mails

    hunt = Hunt("hypothesis", seconds, keep_going=keep_going)

    def try_drawn(drawn: Drawn) -> None:
        if not hunt.is_over:
            hunt.try_mail(drawn.raw, drawn.find_unexpected)

    settled = settings(
        max_examples=ROUND,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    while not hunt.is_over:
        seeded(seed)(settled(given(mails())(try_drawn)))()
        seed += 1
    hunt.tell()


def run_atheris(seconds: float, seed: int, keep_going: bool) -> None:
    """LibFuzzer keeps what reaches new branches of the parsers; half of its changes are our damages."""
    import atheris

    with atheris.instrument_imports(include=INSTRUMENTED):
        import parsers  # noqa: F401 - so that it is instrumented before anything else imports it
    from fuzz.build import build_any
    from fuzz.damage import damage
    from fuzz.hunt import FOLDER, Hunt
    from fuzz.seeds import read_seeds

    seeds, random = read_seeds(), Random(seed)
    corpus, first = FOLDER / "corpus", FOLDER / "seeds"
    for folder in (corpus, first):
        folder.mkdir(parents=True, exist_ok=True)
    some = [*random.sample(seeds, min(len(seeds), int(seconds))), *(build_any(random).raw for _ in range(30))]
    for number, raw in enumerate(some):
        (first / f"{number:04}").write_bytes(raw)
    hunt = Hunt("atheris", seconds, SLOWER, keep_going)

    def mutate(data: bytes, largest: int, number: int) -> bytes:
        own = Random(number)
        if own.randint(0, 1):
            return bytes(atheris.Mutate(data, largest))
        return damage(own, bytes(data), own.choice(seeds), at_most=2)[:largest]

    options = {
        "max_total_time": max(1, int(seconds)), "max_len": LARGEST, "seed": seed % 2**31, "timeout": 120,
        "rss_limit_mb": 2048, "dict": FOLDER.parent / "fuzz" / "tokens.txt", "artifact_prefix": f"{FOLDER}/died-",
    }  # fmt: skip
    arguments = [f"-{name}={value}" for name, value in options.items()]
    atheris.Setup(["fuzz", *arguments, str(corpus), str(first)], hunt.try_mail, custom_mutator=mutate)
    atheris.Fuzz()


ENGINES: dict[str, Callable[[float, int, bool], Any]] = {
    "loop": run_loop,
    "hypothesis": run_hypothesis,
    "atheris": run_atheris,
}


def main() -> None:
    """Run the engine that is named."""
    configure_log(only_errors=True)
    name, seconds, seed, *rest = sys.argv[1:]
    ENGINES[name](float(seconds), int(seed), "keep-going" in rest)


if __name__ == "__main__":
    main()
