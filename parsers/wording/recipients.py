"""To whom people complain: local parts of addresses."""

from parsers.wording import Wording

_ON = r"(?<![^-_.+=])"
_OFF = r"(?![^-_.+=\d])"
"""Where a word of a local part begins and ends."""

ABUSE_DESKS = Wording(
    (r"abuse", "network-abuse"),
    (r"spam", "antispam"),
    (r"phish", "phishing"),
    (r"junk", "junk"),
    (r"spoof", "spoof"),
    (r"fraud", "fraude"),
    (r"scam", "scams"),
    (r"complain", "complaints"),
    (r"feedback", "feedback"),
    (r"dmarc", "dmarc-ruf"),
    (rf"{_ON}reports?{_OFF}", "report", "reports"),
    (rf"{_ON}reporting{_OFF}", "reporting"),
    (rf"{_ON}fbl{_OFF}", "fbl-aol"),
    (rf"{_ON}jmrp{_OFF}", "jmrp"),
    (rf"{_ON}arf{_OFF}", "arf"),
    (rf"{_ON}uce{_OFF}", "uce"),
    (rf"{_ON}security{_OFF}", "it-security"),
    (rf"{_ON}soc{_OFF}", "soc"),
    (rf"{_ON}noc{_OFF}", "noc2"),
    (rf"{_ON}cert{_OFF}", "cert"),
    (rf"{_ON}[cps]?sirt{_OFF}", "csirt", "psirt"),
    (rf"{_ON}irt{_OFF}", "irt"),
)
"""Local parts of those who receive complaints, with whatever stands before or behind."""

ROLES = Wording(
    (r"info", "info"),
    (r"support", "it-support"),
    (r"admin", "admin.web"),
    (r"administrator", "administrator"),
    (r"webmaster", "webmaster"),
    (r"postmaster", "postmaster"),
    (r"hostmaster", "hostmaster"),
    (r"helpdesk", "it_helpdesk"),
    (r"servicedesk", "servicedesk"),
    (r"service", "customer.service"),
    (r"contact", "contact"),
    (r"kontakt", "kontakt"),
    (r"office", "office"),
    (r"legal", "legal"),
    (r"dns", "dns"),
    (r"tech", "tech-c"),
    (r"technik", "technik"),
    (r"network", "network.operations"),
    (r"ripe", "ripe"),
    (r"whois", "whois2"),
    (r"copyright", "copyright"),
    (r"dmca", "dmca"),
    (r"trust", "trust"),
    (r"safety", "safety"),
    (r"sales", "sales-uk"),
    (r"mail", "mail"),
    (r"hosting", "hosting"),
    (r"domains?", "domains", "domain"),
    start=_ON,
    end=_OFF,
)
"""Local parts of those whom people complain to when they know no abuse desk; much junk goes there too."""
