"""Subjects of complaints, and of the programs that keep them."""

from parsers.wording import Wording

_JUNK = r"(?:spam|phishing|junk|scam|fraud)"
COMPLAINT_SUBJECTS = Wording(
    (r"complain", "Formal complaint"),
    (r"\babuse\b", "Abuse of our systems"),
    (r"unsolicited", "Unsolicited mail"),
    (r"\bu[bc]e\b", "UCE from example.com", "UBE"),
    (r"spamcop", "[SpamCop (192.0.2.1) id:7] You have won"),
    (r"spam.?trap", "Spamtrap hit"),
    (
        r"from your (?:network|server|ip|domain|system)",
        "Mail from your network",
        "Login attempts from your server",
        "Mails from your IP 192.0.2.1",
        "Advertising from your domain",
        "Bulk mail from your system",
    ),
    (
        rf"{_JUNK}(?: e?-?mails?| messages?)? (?:report|from|through|via|received|sent by)",
        "Spam from 192.0.2.1",
        "Phishing e-mail received",
        "Junk messages through 192.0.2.1",
        "Scam via your relay",
        "Fraud report",
        "Scam mail sent by example.com",
    ),
    (
        rf"report(?:ed|ing)?(?: of| as| for)? {_JUNK}",
        "Reporting phishing",
        "Report of scam",
        "Reported as spam",
        "Report for junk mail",
        "Reporting fraud",
    ),
    (
        r"^\W{0,3}(?:spam|phishing|junk|scam)(?: ?-?e?-?mails?)?\W{0,3}$",
        "SPAM!",
        "Junk mail",
        "Phishing",
        "Scam e-mail",
    ),
    (r"beschwerde", "Beschwerde über Werbung"),  # German
    (r"missbrauch|abmahnung|unterlassung", "Missbrauch Ihres Netzes", "Abmahnung", "Unterlassungserklärung"),
    (r"plainte", "Plainte"),  # French
    (r"réclamation|mise en demeure", "Réclamation", "Mise en demeure"),
    (r"signalement", "Signalement de pourriel"),
    (r"den[uú]ncia", "Denuncia", "Denúncia"),  # Spanish
    (r"\babuso", "Abuso de su red"),
    (r"queja", "Queja por correo no deseado"),
    (r"segnalazione", "Segnalazione"),  # Italian
    (r"misbruik", "Misbruik van uw netwerk"),  # Dutch
    (
        r"mis+bru[gk]|\bklage over|klagomål",
        "Misbruk fra deres nett",
        "Missbruk",
        "Klage over reklame",
        "Klagomål",
    ),
    (
        r"panasz\b|sesizare|şikayet|pritužba|καταγγελία",
        "Panasz",
        "Sesizare",
        "Şikayet",
        "Pritužba",
        "Καταγγελία",
    ),
    (r"nadużyci", "Nadużycie"),  # Polish
    (r"жалоба", "Жалоба на рассылку"),  # Russian
    (r"举报", "举报垃圾邮件"),  # Chinese
    (r"迷惑メール", "迷惑メールについて"),  # Japanese
)
"""What subjects of complaints say, and those of junk rarely."""

TICKET_SUBJECTS = Wording(
    (
        r"\[[^\]\n]{0,40}(?:#|ticket\W{1,3}|\bid\W{1,3})\d{3,12}\]",
        "[isp.example #12345] Spam",
        "[Ticket: 12345] Spam",
        "[Request ID: 12345] Spam",
    ),
)
"""How trackers write the number of a ticket in subjects."""
