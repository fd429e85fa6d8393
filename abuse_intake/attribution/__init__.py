"""Who sent it: a report, the directory and the provider's relays → tenant, address, confidence, evidence."""

from abuse_intake.attribution.attributor import Attributor
from abuse_intake.attribution.directory import Directory

__all__ = ["Attributor", "Directory"]
