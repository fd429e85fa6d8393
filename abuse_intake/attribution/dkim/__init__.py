"""DKIM (RFC 6376, 8301, 8463) and ARC (RFC 8617): which signatures of a reported message prove who sent it.

`verifier.py` is the door. A message is split (`signed_message`), brought into canonical form (`canonical`), its
signatures are read (`signature`, `arc`) and judged (`proving`, `judging`) with keys from the archive, then from the
DNS (`keyring`).
"""

from abuse_intake.attribution.dkim.keyring import open_keyring
from abuse_intake.attribution.dkim.verifier import DkimVerifier

__all__ = ["DkimVerifier", "open_keyring"]
