"""Who writes mail that no person wrote, and in what words people report: tables of addresses, names and words."""

from parsers.wording import Row, Wording

_DAEMONS: tuple[Row, ...] = (
    (r"mailer[-_]?daemon", "MAILER-DAEMON"),
    (r"mail[-_]?daemon", "maildaemon"),
    (r"mdaemon", "MDaemon"),
    (r"mta", "mta"),
    (r"#", "#"),  # `<#@[]>`: double bounces of qmail
    (r"mail-delivery-(?:sub)?system", "mail-delivery-subsystem", "mail-delivery-system"),
    (r"double-bounce", "double-bounce"),  # Postfix
    (r"microsoftexchange[0-9a-f]{0,32}", "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e"),
)
DAEMON_LOCAL_PARTS = Wording(*_DAEMONS, start=r"\A", end=r"\Z")
"""Nobody writes mail by hand from these."""

ROBOT_LOCAL_PARTS = Wording(
    *_DAEMONS,
    (r"post[-_]?master", "post_master"),
    (r"poostmaster", "poostmaster"),
    (r"bounces?", "bounce"),
    (r"bounced_mail", "bounced_mail"),
    (r".{1,60}-bounces", "talk-bounces"),  # Mailman
    (r"listserv", "LISTSERV"),
    (r"majordomo", "Majordomo"),
    (r"no[-_.]?reply", "no-reply"),
    (r"do[-_.]?not[-_.]?reply", "donotreply"),
    start=r"\A",
    end=r"\Z",
)
"""Programs write from these; people too, from some of them."""

ROBOT_NAMES = Wording(
    (r"mail ?deliver", "Mail Deliver System"),
    (r"mailer.?daemon", "Mailer Daemon"),
    (r"postmaster", "Postmaster"),
    (r"mail system", "E-mail System"),
    (r"mail server", "Courier mail server at mx.isp.example"),
    (r"returned mail", "Returned mail"),
    (r"delivery (?:sub)?system", "Delivery Subsystem", "Delivery System"),
    (r"internet mail", "Internet Mail Connector"),
    (r"mail (?:router|gateway)", "Mail Router", "Mail Gateway"),
    (r"mail administrator", "Mail Administrator"),
    (r"mail sieve", "Mail Sieve Subsystem"),
    (r"content.filter", "Content-filter at mx.isp.example"),
    (r"microsoft outlook", "Microsoft Outlook"),
    (r"microsoft exchange", "Microsoft Exchange"),
    (r"interscan", "InterScan MSS"),
    (r"m-filter", "DigitalArts m-FILTER"),
    (r"mail filter", "Mail Filter"),
    (r"barracuda", "Barracuda Spam Firewall"),
    (r"mailmarshal", "MailMarshal"),
    (r"groupwise", "GroupWise"),
    (r"PMDF", "PMDF e-Mail Interconnect"),
    (r"list server", "L-Soft list server at ISP (16.0)"),
    (r"system administrator", "System Administrator"),
    (r"systemadministrat", "Systemadministratör"),
    (r"systeembeheerder", "Systeembeheerder"),
    (r"administrateur syst", "Administrateur système"),
    (r"administrador del sistema", "Administrador del sistema"),
    (r"administrador do sistema", "Administrador do sistema"),
    (r"amministratore di sistema", "Amministratore di sistema"),
    (r"järjestelmänvalvoja", "Järjestelmänvalvoja"),
    (r"administrator systemu", "Administrator systemu"),
    (r"správce systému", "Správce systému"),
    (r"rendszergazda", "Rendszergazda"),
    (r"sistem yöneticisi", "Sistem Yöneticisi"),
    (r"системный администратор", "Системный администратор"),
    (r"почтов", "Почтовая система"),
    (r"システム管理者", "システム管理者"),
    (r"メール配送", "メール配送システム"),
    (r"系统管理员", "系统管理员"),
    (r"系統管理員", "系統管理員"),
    (r"邮件投递", "邮件投递系统"),
    (r"시스템 관리자", "시스템 관리자"),
)
"""Display names of the programs that send bounces."""

COMPLAINTS = Wording(
    (r"abuse (?:report|complaint)", "This is an email abuse report", "Abuse complaint"),
    (r"spam ?(?:report|complaint)", "Spam report", "Spam complaint", "[SpamReport] daily sample"),
    (r"complaint about", "Complaint about message from 192.0.2.10"),
    (
        r"phish(?:ing)? (?:report|mail|alert)",
        "Phishing report",
        "A phishing mail, sent to Ann",
        "Phish alert",
    ),
    (
        r"users? (?:has |have )?reported",
        "A user reported the attached message",
        "A user has reported it",
        "Users have reported it",
    ),
    (r"reported (?:as|by)", "Reported by ann@reporter.example", "It was reported as junk"),
    (r"feedback report", "This is a feedback report"),
    (r"dmarc (?:forensic|failure)", "DMARC forensic report", "DMARC failure report"),
    (r"\[ ?spamcop", "[ SpamCop V5.2.0 ]"),
    (r"spam ?trap", "Spamtrap hit from 192.0.2.10"),
    (
        r"your (?:network|customer)s?\b(?! admin)",
        "It was sent from your network.",
        "Please stop your customer.",
    ),
    (r"please (?:take action|investigate)", "Please investigate.", "Please take action."),
    (r"rule detected -", "Rule detected - 'Only today'"),  # incident reports of Exchange
    (r"backscatter", "I never sent it: backscatter"),
)
"""Words of those who report, whose texts can sound like a bounce."""
