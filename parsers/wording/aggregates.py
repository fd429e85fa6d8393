"""How reports to programs are called that are no complaints: DMARC aggregate reports, TLS reports."""

from parsers.wording import Wording

DMARC_SUBJECTS = Wording(
    (
        r"report domain:.{0,400}submitter:",
        "Report Domain: tenant.example Submitter: isp.example Report-ID: 1",
    ),
    (r"dmarc aggregate report for", "DMARC aggregate report for tenant.example"),
    (r"aggregate dmarc report", "Aggregate DMARC report tenant.example"),
    (r"dmarc.{1,3}report(?: for|:)", "DMARC report for tenant.example", "DMARC Report: tenant.example"),
    (r"\[dmarc\].{0,20}report", "[DMARC] Report tenant.example"),
)

_NAMES = r"[^!]{1,250}![^!]{1,250}!\d{6,12}!\d{6,12}[^/\\]{0,100}"
AGGREGATE_FILES = Wording(
    (rf"{_NAMES}\.xml", "isp.example!tenant.example!1793491200!1793577600.xml"),
    (rf"{_NAMES}\.gz", "isp.example!tenant.example!1793491200!1793577600!a1.xml.gz"),
    (rf"{_NAMES}\.zip", "isp.example!tenant.example!1793491200!1793577600.zip"),
    start=r"\A",
    end=r"\Z",
)
"""File names of DMARC aggregate reports (RFC 7489, section 7.2.1.1)."""

TLS_FILES = Wording(
    (rf"{_NAMES}\.json", "isp.example!tenant.example!1793491200!1793577600!001.json"),
    (rf"{_NAMES}\.json\.gz", "isp.example!tenant.example!1793491200!1793577600!001.json.gz"),
    start=r"\A",
    end=r"\Z",
)
"""File names of TLS reports (RFC 8460, section 5.1)."""

JSON_FILES = Wording((r"\.json(?:\.gz)?", "report.json", "report.json.gz"), end=r"\Z")
"""What a TLS report comes as, and a DMARC report never; the subjects of both are the same."""

PACKED_FILES = Wording(
    (r"\.xml", "report.xml"),
    (r"\.zip", "report.zip"),
    (r"\.t?gz", "report.xml.gz"),
    end=r"\Z",
)
PACKED_BEGINNINGS = (b"\x1f\x8b", b"PK\x03\x04", b"<?xml", b"<feedback")
"""What an aggregate report comes as."""
