"""Waiting for mail with IDLE (RFC 2177): what the server tells of is looked for before it is believed."""

import time
from collections.abc import Callable

from abuse_intake.mailbox.backoff import growing_wait
from abuse_intake.mailbox.base import sleep
from abuse_intake.mailbox.imap_connection import DeadlineClient

IDLE_SECONDS = 9 * 60.0
"""An IDLE is begun anew so often: servers and the routers before them forget who is silent for long."""
VAIN_STEP, VAIN_MOST = 1.0, 10.0
"""Seconds before it is looked for mail that a server tells of, while it did so in vain; some do when a mail goes."""
QUIET_SECONDS = 60.0
"""A server that was silent for so long is believed at once again."""


def idle_until_new(
    client: DeadlineClient, has_grown: Callable[[], bool], ends: float, should_stop: Callable[[], bool]
) -> bool:
    """Whether a mail came in that time; a server that tells of one in vain is asked more and more slowly."""
    in_vain = 0
    while not should_stop() and (left := ends - (began := time.monotonic())) > 0:
        if client.await_mail(min(left, IDLE_SECONDS), should_stop):
            in_vain = 0 if time.monotonic() - began > QUIET_SECONDS else in_vain
            sleep(min(left, growing_wait(in_vain, VAIN_STEP, VAIN_MOST)), should_stop)
            if has_grown():
                return True
            in_vain += 1
    return False
