"""The program, run by tests in the place of `python -m abuse_intake`: it kills itself at a step, or tells its steps.

KILL_AT=data_sent:3        SIGKILL by its own hand when that step is reached for the third time
TELL_STEPS=7               a line a step, into that file descriptor
CHANGED=module:NAME=3      values of the program, as small as the test needs them; several with blanks between
"""

import functools
import importlib
import os
import signal
import sys
import threading
from datetime import timedelta

from abuse_intake.cli import main
from abuse_intake.steps import Step, listen


def kill_at(place: str) -> None:
    """Kill this process at the n-th time that a step is reached, in whichever thread that is."""
    name, _, number = place.partition(":")
    step, lock, seen = Step(name), threading.Lock(), 0

    def count(reached: Step) -> None:
        nonlocal seen
        with lock:
            seen += reached == step
            if reached == step and seen == int(number):
                os.kill(os.getpid(), signal.SIGKILL)

    listen(count)


def change(name: str, value: str) -> None:
    """Give a value of a module, or of a class in it, another number, or so many seconds."""
    module, _, path = name.partition(":")
    *owners, last = path.split(".")
    owner = functools.reduce(getattr, owners, importlib.import_module(module))
    before = getattr(owner, last)
    changed = timedelta(seconds=float(value)) if isinstance(before, timedelta) else type(before)(value)
    setattr(owner, last, changed)


if __name__ == "__main__":
    for changed in os.environ.get("CHANGED", "").split():
        name, value = changed.split("=", 1)
        change(name, value)
    if "KILL_AT" in os.environ:
        kill_at(os.environ["KILL_AT"])
    if "TELL_STEPS" in os.environ:
        told = int(os.environ["TELL_STEPS"])
        listen(lambda step: os.write(told, f"{step}\n".encode()) and None)
    main(sys.argv[1:])
