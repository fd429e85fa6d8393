"""Which addresses are one mailbox to those who write to it."""


def recipient_key(address: str) -> str:
    """Case, a +tag, angle brackets and a final dot do not tell mailboxes apart."""
    local, _, domain = address.lower().strip("<> ").rpartition("@")
    return f"{local.partition('+')[0]}@{domain.rstrip('.')}"
