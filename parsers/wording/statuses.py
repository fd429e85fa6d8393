"""How programs head what they say of a host, or that something is settled."""

from parsers.wording import Wording

STATUS_SUBJECTS = Wording(
    (r"cron\W{1,3}<", "Cron <root@web1> run-parts /etc/cron.daily", "Cron: <root@web1>"),
    (
        r"(?<!not )(?:resolved|closed|solved)\b(?: incident)?\W{1,3}",
        "Resolved: DDoS attack",
        "[Closed] Attack on our servers",
        "Case solved: port scan",
    ),
    (
        r"ticket \W{0,2}\w{1,20}\W{1,3}(?:created|opened|closed)",
        "Ticket 12: created for the port scan",
        "Ticket #12 opened",
        "Ticket 7: closed",
    ),
    (
        r"[^\n]{0,40}(?:advisory|bulletin|warnmeldung)",
        "Security advisory",
        "Threat bulletin",
        "Warnmeldung: Angriffe",
    ),
    (
        r"[^\n]{0,40}attempts? (?:on|to) your account",
        "Failed login attempts on your account",
        "New attempt to your account",
    ),
    (r"[^\n]{0,60}\berledigt\b", "Abuse-Ticket erledigt"),
    (r"logwatch", "Logwatch for web1 (Linux)"),
    (
        r"\[fail2ban\][^\n]{0,60}(?:started|stopped)",
        "[Fail2Ban] sshd: started on web1",
        "[Fail2Ban] sshd: stopped on web1",
    ),
    (
        r"(?:security|daily|weekly) (?:run|output|summary|digest)",
        "daily run output",
        "security output",
        "weekly summary",
        "daily digest",
    ),
    (r"\*{2} (?:problem|recovery)", "** PROBLEM Service Alert: web1", "** RECOVERY Host Alert: web1"),
    start=r"^(?:\W{0,3}\w{1,20}\W{1,3}){0,3}?\W{0,3}",
)
"""How programs head what they say of the host that they run on, to the people who run it."""
