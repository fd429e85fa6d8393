"""XARF v3: what a document states; both forms of it, with `Source` and `Attachment`, or `SourceIp` and `Samples`."""

from typing import Any

from parsers.xarf.evidence import read_evidence
from parsers.xarf.kinds import read_older
from parsers.xarf.statement import Fields, Statement


def read_v3(values: dict[str, Any]) -> Statement | None:
    """What it states, or None if it is no such document."""
    fields = Fields(values)
    inner, about = fields.take("Report"), fields.take("ReporterInfo")
    report = Fields(inner)
    if not report.has("ReportType") or not (isinstance(about, dict) or report.has("ReportClass")):
        return None
    lacks = () if isinstance(about, dict) else ("ReporterInfo",)
    category, kind = read_older(report.text("ReportClass"), report.text("ReportType"))
    source, more = Fields(report.take("Source")), Fields(report.take("AdditionalInfo"))
    items = [one for name in ("Attachment", "Samples") for one in _listed(report.take(name))]
    evidence, told = read_evidence(items)
    sources = source.texts("IP", "URL") + report.texts("SourceIp", "SourceUrl")
    date, uris = report.text("Date"), report.texts("Url", "InfringingUrl")
    mail_from, rcpt_to = _read_envelope(report, more) if category == "messaging" else (None, None)
    inside = {**report.rest, "Source": source.rest, "AdditionalInfo": more.rest, "Evidence": told}
    return Statement(
        version=fields.text("Version"),
        category=category,
        type=kind,
        sources=tuple(dict.fromkeys(sources)),
        date=date,
        mail_from=mail_from,
        rcpt_to=rcpt_to,
        uris=uris,
        evidence=evidence,
        rest={**fields.rest, "ReporterInfo": about, "Report": inside},
        lacks=lacks,
    )


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _read_envelope(report: Fields, more: Fields) -> tuple[str | None, str | None]:
    sender = report.text("SmtpMailFromAddress", "SmtpFrom", "FromAddress") or more.text("SmtpFrom")
    return sender, report.text("SmtpRcptToAddress")
