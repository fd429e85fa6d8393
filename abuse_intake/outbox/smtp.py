"""Delivers acknowledgements over SMTP (RFC 5321), over several connections at once, with the null sender (RFC 3834).

"All data sent" is committed before the final dot. Whoever finds that stage after a restart knows that the
server may have taken the mail, and does not send it again.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog

from abuse_intake.errors import OutboxError
from abuse_intake.oauth.source import TokenSource
from abuse_intake.outbox.connector import SmtpConnector
from abuse_intake.outbox.lane import Lane, hang_up
from abuse_intake.outbox.ledger import Ledger
from abuse_intake.outbox.smtp_survey import describe_server
from abuse_intake.outbox.supply import Supply
from abuse_intake.urls import ServiceUrl
from storage.values import DueAcknowledgement

log = structlog.get_logger()

TIMEOUT_SECONDS = 60.0
"""For a command and its answer. All of a mail before its final dot may take twice as long, and the answer to it too."""


class SmtpCarrier:
    """One server. A closed way is an OutboxError; a refused address costs its own acknowledgement only."""

    batch_size = 20

    def __init__(
        self,
        url: ServiceUrl,
        username: str | None,
        password: str | None,
        token_source: TokenSource | None = None,
        *,
        connections: int = 1,
        ehlo_name: str | None = None,
    ) -> None:
        self.name = str(url)
        self._connector = SmtpConnector(url, username, password, token_source, ehlo_name=ehlo_name)
        self._connections = connections

    def deliver(self, due: Sequence[DueAcknowledgement], ledger: Ledger) -> None:
        """The way is closed when no lane is left; a server that takes fewer connections than asked gets these."""
        supply = Supply(due, ledger, self.batch_size)
        lanes = min(self._connections, len(supply))
        while len(supply) and not ledger.should_stop():
            closed = _run_in_threads(lanes, lambda: self._work(supply, ledger), supply)
            if len(closed) == lanes:
                ledger.note_way_closed(supply.drain(), str(closed[0]))
                raise closed[0]
            if closed:
                log.warning("fewer connections", now=lanes - len(closed), problem=str(closed[0]))
            lanes -= len(closed)

    def check(self) -> str:
        client = self._connector.connect(TIMEOUT_SECONDS)
        answer = describe_server(client, self._connector.username)
        hang_up(client)
        return f"{self.name}: {answer}{self._connector.how}"

    def close(self) -> None:
        """Nothing is held open between deliveries."""

    def _work(self, supply: Supply, ledger: Ledger) -> OutboxError | None:
        """Deliver over one connection until nothing is left; what closed its way, if something did."""
        lane = Lane(self._connector, ledger, TIMEOUT_SECONDS)
        try:
            while one := supply.take():
                try:
                    lane.deliver(one)
                except OutboxError as error:
                    supply.give_back(one)
                    return error
                if lane.is_useless:
                    return OutboxError(f"{self.name}: {lane.problem}")
        finally:
            lane.close()
        return None


def _run_in_threads(count: int, work: Callable[[], OutboxError | None], supply: Supply) -> list[OutboxError]:
    """Those of so many lanes that found the way closed. What else goes wrong in one ends all, each after its mail."""

    def run_one() -> OutboxError | None:
        try:
            return work()
        except BaseException:
            supply.close()
            raise

    if count == 1:
        return [error for error in (run_one(),) if error]
    with ThreadPoolExecutor(count, thread_name_prefix="smtp") as pool:
        running = [pool.submit(run_one) for _ in range(count)]
    return [error for one in running if (error := one.result())]
