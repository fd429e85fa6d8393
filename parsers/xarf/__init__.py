"""XARF documents (https://xarf.org): v4 and v3 in JSON, X-ARF 0.1 and 0.2 in YAML; complete and usable alone.

`parse_xarf` answers in three ways: an empty list = this is no XARF; `BrokenXarf` is raised = it is, but says nothing
usable; else a `Complaint` for each document, with its report and the messages that it brings as evidence.
"""

from parsers.xarf.complaints import BrokenXarf, Complaint, build_complaints, parse_xarf
from parsers.xarf.documents import begins_like_xarf

__all__ = ["BrokenXarf", "Complaint", "begins_like_xarf", "build_complaints", "parse_xarf"]
