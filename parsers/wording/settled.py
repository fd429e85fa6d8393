"""What those write who answer a complaint."""

from parsers.wording import Wording

SETTLED = Wording(
    (
        r"\byour (?:\w{1,12} )?(?:report|complaint)\b|\byou (?:sent|wrote to|reported to) us",
        "your abuse report",
        "your complaint",
        "you sent us",
        "you wrote to us",
        "you reported to us",
    ),
    (
        r"(?:thanks|thank you) for (?:the )?report",
        "thanks for the report",
        "thank you for reporting this",
    ),
    (
        r"(?:customer|client|user|account|host|server) (?:\S{1,40} )?(?:was|has been) (?:\w{1,12} )?"
        r"(?:suspended|terminated|informed|notified|cleaned|reinstalled)",
        "the customer was suspended",
        "the client was terminated",
        "your server 192.0.2.1 was suspended",
        "the user was informed",
        "the account has been notified",
        "the host was fully cleaned",
        "the server has been reinstalled",
    ),
    (
        r"\bwe (?:have )?(?:\w{1,12} )?(?:suspended|terminated|informed|notified) (?:the|our|this) ",
        "we have suspended the customer",
        "we immediately terminated our client",
        "we informed the customer",
        "we notified this user",
    ),
    (
        r"(?:case|ticket|incident) (?:is |was |has been )?(?:closed|resolved)"
        r"|(?:closed|resolved) the (?:case|ticket|incident)"
        r"|consider (?:this|the) (?:\w{1,12} )?(?:closed|settled|resolved)"
        r"|attack [^.\n]{0,80}(?:has|is) (?:ended|over)\b",
        "the case is closed",
        "ticket resolved",
        "your incident was closed",
        "the case has been resolved",
        "we closed the case",
        "we resolved the ticket",
        "closed the incident",
        "we consider this settled",
        "consider the matter closed",
        "consider this resolved",
        "the attack on us has ended",
        "the attack is over",
    ),
    (
        r"\bticket \W{0,2}\w{1,20}\W{0,3} [^\n]{0,80}(?:has been|was) (?:created|opened|closed|received)",
        "ticket 12 (a scan) has been opened",
        "ticket #12: a scan has been closed",
        "ticket 12 'a scan' was received",
        "ticket 12 about a scan was created",
    ),
    (r"\bmitigated\b", "Status: mitigated"),
    (
        r"\bre-?enabled\b|\bunsuspended\b",
        "we re-enabled it",
        "your server is reenabled",
        "it was unsuspended",
    ),
    (r"not the (?:operator|owner) of", "we are not the operator of it", "we are not the owner of it"),
    (
        r"\bihre\w? (?:\w{1,20}-)?(?:meldung|beschwerde|anfrage)|danke für (?:den hinweis|die meldung)"
        r"|haben uns [^.\n]{0,80}gemeldet|ist abgewehrt|(?:kunde|inhaber) (?:ist|wurde) (?:informiert|gesperrt)",
        "Ihre Meldung",
        "auf Ihre Abuse-Meldung",
        "auf Ihrer Beschwerde",
        "Ihre Anfrage",
        "Danke für den Hinweis",
        "Danke für die Meldung",
        "Sie haben uns Spam gemeldet",
        "der Angriff ist abgewehrt",
        "der Kunde ist informiert",
        "der Inhaber wurde gesperrt",
    ),
    (
        r"votre (?:plainte|signalement)|merci (?:de|pour) (?:votre |le )?signal"
        r"|(?:client|serveur) [^.\n]{0,60}a été (?:bloqué|suspendu)",
        "suite à votre plainte",
        "votre signalement",
        "merci de signaler cela",
        "merci pour le signalement",
        "merci pour votre signal",
        "le client visé a été bloqué",
        "le serveur a été suspendu",
    ),
    (
        r"gracias por (?:avisar|su|la)|hemos (?:suspendido|bloqueado) al",
        "Gracias por avisar",
        "Gracias por su aviso",
        "Gracias por la denuncia",
        "Hemos suspendido al cliente",
        "Hemos bloqueado al cliente",
    ),
    (
        r"grazie (?:della|per la) segnalazione|abbiamo (?:bloccato|sospeso) il",
        "Grazie della segnalazione",
        "Grazie per la segnalazione",
        "Abbiamo bloccato il cliente",
        "Abbiamo sospeso il cliente",
    ),
    (
        r"bedankt voor (?:de|uw) melding|klant [^.\n]{0,60}is (?:afgesloten|geblokkeerd)",
        "Bedankt voor de melding",
        "Bedankt voor uw melding",
        "de klant is afgesloten",
        "de klant is geblokkeerd",
    ),
    (r"dziękujemy za zgłoszenie|został zablokowany", "Dziękujemy za zgłoszenie", "Klient został zablokowany"),
    (
        r"спасибо за (?:обращение|сообщение)|клиент [^.\n]{0,60}заблокирован",
        "Спасибо за обращение",
        "Спасибо за сообщение",
        "Клиент заблокирован",
    ),
    (r"ご報告ありがとう|ご連絡ありがとう", "ご報告ありがとうございます", "ご連絡ありがとうございます"),
)
"""What desks say that answer a complaint, and those who were complained about: it is known already, or settled."""
