"""Bytes in, values out: reads mails and the reports in them.

Pure: no database, no network, no clock, no settings.
"""

from parsers.read import read_mail

__all__ = ["read_mail"]
