"""What guards against abuse: its names hold the words of complaints, and nobody complains of it."""

from parsers.wording import Wording

DEFENCES = Wording(
    (
        r"\b(?:anti|fight|against|contra|contre)[ -]?(?:abuse|spam|phishing|malware|virus|ddos|scam|hack)",
        "the anti-abuse working group",
        "our anti-spam gateway",
        "to fight phishing",
        "measures against malware",
        "contra virus",
        "contre hackers",
        "anti-DDoS",
        "anti-scam",
    ),
    (
        r"\b(?:ddos|virus|malware|phishing|attack|intrusion)[ -](?:protection|detection|prevention)",
        "DDoS protection",
        "virus detection",
        "malware protection",
        "phishing protection",
        "attack detection",
        "intrusion prevention",
    ),
    (r"\babuse (?:handling|contact|engineer)", "abuse handling", "abuse contact", "abuse engineer"),
    (r"\bantyspam", "filtr antyspamowy"),
    (
        r"\bspam[ -]?(?:filter|schutz|abwehr|ordner|folder|verdict|wall|stop|problem)",
        "spam filter",
        "Spamschutz",
        "Spamabwehr",
        "Spamordner",
        "spam folder",
        "spam verdict",
        "SpamWall",
        "SpamStop",
        "spam problems",
    ),
    (
        r"phishing[ -](?:training|schulung|simulation|test)",
        "phishing training",
        "Phishing-Schulung",
        "phishing simulation",
        "phishing test",
    ),
    (
        r"schutz vor \w{1,20}|protect \w{1,20} \w{1,20} from \w{1,20}",
        "Schutz vor Hackern",
        "protect your network from attacks",
    ),
)
"""Cut from a text before words of abuse are looked for."""
