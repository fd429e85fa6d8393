"""Which mails lie in the selected folder, asked for in pieces: no answer grows with the mailbox."""

from collections.abc import Iterator, Sequence

from imapclient import IMAPClient

UIDS_A_COMMAND = 500
"""A command with more of them becomes longer than servers take (8,000 bytes, RFC 7162 section 4)."""


def search_after(client: IMAPClient, last: int, window: int, exists: int) -> list[int]:
    """The UIDs above `last` among the first `window` mails of the `exists` that there are, ascending.

    UIDs ascend with the sequence numbers (RFC 9051 section 2.3.1.1): whatever others expunge between two such
    questions, none is passed over, and gaps of any size between UIDs cost nothing.
    """
    if not exists:
        return []
    criteria = ["UID", f"{last + 1}:*"]
    if window < exists:
        criteria.insert(0, f"1:{window}")
    return sorted(
        {uid for uid in client.search(criteria) if uid > last}
    )  # `9:*` also names the last one, of UID 5


def search_among(client: IMAPClient, uids: Sequence[int], *criteria: str) -> set[int]:
    """Those of the UIDs that are there and meet the criteria."""
    wanted = set(uids)
    return {
        uid
        for some in chunk(uids)
        for uid in client.search(["UID", ",".join(map(str, some)), *criteria])
        if uid in wanted
    }


def chunk(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    """So many at a time as fit into a command."""
    for start in range(0, len(uids), UIDS_A_COMMAND):
        yield uids[start : start + UIDS_A_COMMAND]
