"""Requests to stop and to reload, from signals."""

import signal
import subprocess
import sys

WAIT = """
import signal, threading, time
from abuse_intake.stopping import Stopping
stopping = Stopping().on_signals().on_hangup()
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGHUP})
print("waiting", flush=True)
for _ in range(2):
    print(stopping.wait().name, flush=True)
"""


def test_a_signal_that_does_not_interrupt_the_wait_is_heeded() -> None:
    """The system may give it to another thread, or to the main one just before it waits: neither ends the wait."""
    with subprocess.Popen(
        [sys.executable, "-c", WAIT], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        try:
            for number, wish in ((signal.SIGHUP, "RELOAD"), (signal.SIGTERM, "STOP")):
                process.send_signal(number)
                assert process.stdout.readline() == f"{wish}\n"
        finally:
            process.kill()
