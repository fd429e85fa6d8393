"""What answering machines, challenges, read receipts and digests say."""

from parsers.wording import Wording

AUTO_REPLY_SUBJECTS = Wording(
    (
        r"auto(?:mat(?:ic|ed))?.?(?:reply|response|answer)",
        "Automatic reply: Your report",
        "Automated response: Your report",
        "Auto-Reply: Your report",
        "Auto answer: Your report",
    ),
    (r"auto:", "Auto: Your report"),
    (r"out of (?:the )?office", "Out of Office: Your report", "Out of the office: Your report"),
    (r".{1,60} is out of the office", "Bob Example is out of the office (returning 9 November)"),  # Notes
    (r"vacation", "Vacation reply"),
    (r"away from", "Away from my mail"),
    (r".{0,40}autorespon", "This message was sent by an autoresponder"),
    (r".{0,80}\bautoreply:", "[isp.example #1234] AutoReply: Your report"),
    (r"abwesenheit", "Abwesenheitsnotiz: Your report"),
    (r"automatische antwort", "Automatische Antwort: Your report"),
    (r"automatisch antwoord", "Automatisch antwoord: Your report"),
    (r"autosvar", "Autosvar: Your report"),
    (r"automatiskt? svar", "Automatiskt svar: Your report"),
    (r"réponse automatique", "Réponse automatique : Your report"),
    (r"absence du bureau", "Absence du bureau : Your report"),
    (r"respuesta autom[áa]tica", "Respuesta automática: Your report"),
    (r"autorespuesta", "Autorespuesta: Your report"),
    (r"fuera de la oficina", "Fuera de la oficina: Your report"),
    (r"risposta automatica", "Risposta automatica: Your report"),
    (r"resposta autom[áa]tica", "Resposta automática: Your report"),
    (r"autoodpowied", "Autoodpowiedź: Your report"),
    (r"odpowiedź automatyczna", "Odpowiedź automatyczna: Your report"),
    (r"automatická odpověď", "Automatická odpověď: Your report"),
    (r"automatikus válasz", "Automatikus válasz: Your report"),
    (r"otomatik yanıt", "Otomatik yanıt: Your report"),
    (r"automaattinen", "Automaattinen vastaus: Your report"),
    (r"automaatvastus", "Automaatvastus: Your report"),
    (r"автоответ", "Автоответ: Your report"),
    (r"автоматический ответ", "Автоматический ответ: Your report"),
    (r"自動返信", "自動返信: Your report"),
    (r"自動応答", "自動応答: Your report"),
    (r"自動回覆", "自動回覆: Your report"),
    (r"自动(?:回复|答复)", "自动答复: Your report", "自动回复: Your report"),
    (r"자동 ?(?:응답|회신)", "자동 회신: Your report", "자동응답: Your report"),
    (
        r"(?:\S{1,60} ){0,3}(?:request|ticket) (?:has been )?received",
        "[Request received] Your report",
        "Ticket received - Your report",
        "Your request has been received",
    ),
    (
        r".{0,60}\bwe (?:have )?received your (?:request|message|email)",
        "[Ticket#1] We received your request",
        "We have received your message",
        "We received your email",
    ),
    (r".{0,100}awaits moderator approval", "Your message to Talk awaits moderator approval"),
    (r"majordomo results", "Majordomo results: Your report"),
    start=r"^\W{0,5}",
)

ANSWERS = Wording(
    (r"re", "Re: Your report"),
    (r"aw", "AW: Your report"),  # German
    (r"antw", "Antw: Your report"),  # Dutch
    (r"sv", "SV: Your report"),  # Scandinavian
    (r"vs", "VS: Your report"),  # Finnish
    (r"odp", "Odp: Your report"),  # Polish
    (r"res", "RES: Your report"),  # Portuguese
    (r"rif", "Rif: Your report"),  # Italian
    (r"ynt", "Ynt: Your report"),  # Turkish
    (r"回[复覆]", "回复: Your report"),
    (r"答复", "答复: Your report"),
    start=r"^\W{0,3}(?:\[[^\]\n]{1,40}\]\W{0,3})?",
    end=r"(?:\[\d{1,2}\])?\s{0,2}[:：]",
)
"""Prefixes of answers."""

CHALLENGE_TEXTS = Wording(
    (
        r"confirm (?:that )?you (?:are|sent)",
        "Please confirm that you sent this message.",
        "Please confirm you are human",
    ),
    (
        r"to release your (?:pending )?message",
        "To release your message for delivery, please send an empty message",
        "To release your pending message(s) for delivery",
    ),
    (r"qconfirm", "Hi. This is the qconfirm mail-handling program."),
    (r"approved senders? list", "You are not on the approved sender list of bob@isp.example."),
    (r"only from senders I have approved", "I now allow incoming messages only from senders I have approved"),
    (r"challenge.response", "This is a challenge-response system"),
    (r"one-time challenge", "This is a one-time challenge from ChoiceMail."),
    (r"adding you to my whitelist", "before adding you to my whitelist"),
    (r"added to my whitelist", "to be added to my whitelist"),
    (r"verify that you are", "requires that you verify that you are a real live human being"),
    (
        r"waiting for (?:your )?(?:verification|confirmation)",
        "Your message is waiting for your verification.",
        "Waiting for confirmation",
    ),
    (r"boxtrapper", "BoxTrapper has intercepted your message."),
    (r"spam ?arrest", "Powered by SpamArrest"),
    (r"mailinblack", "Mon adresse email est protégée par Mailinblack."),
    (r"confirmer votre envoi", "Cliquez ici pour confirmer votre envoi."),
    (r"para confirmar o envio", "Para confirmar o envio, clique no link."),
    (
        r"para que sua mensagem seja encaminhada",  # UOL
        "Para que sua mensagem seja encaminhada, por favor, clique aqui",
    ),
    (r"bestätigen sie, dass sie der absender", "Bitte bestätigen Sie, dass Sie der Absender sind."),
    (r"confirme que envi[óo]", "Por favor confirme que envió este mensaje."),
)
"""What those write who want a confirmation before they let a mail in."""

RECEIPT_SUBJECTS = Wording(
    (r"read", "Read: Only today"),
    (r"read receipt", "Read receipt: Only today"),
    (r"return receipt", "Return Receipt (displayed) - Only today"),
    (r"receipt", "Receipt: Only today"),
    (r"not read", "Not read: Only today"),
    (r"disposition notification", "Disposition notification: Only today"),
    (r"message status - (?:opened|deleted)", "Message status - opened", "Message status - deleted"),
    (r"gelesen", "Gelesen: Only today"),
    (r"ungelesen", "Ungelesen: Only today"),
    (r"lu", "Lu : Only today"),
    (r"non lu", "Non lu : Only today"),
    (r"le[íi]do", "Leído: Only today"),
    (r"no le[íi]do", "No leído: Only today"),
    (r"letto", "Letto: Only today"),
    (r"lid[ao]", "Lida: Only today"),
    (r"gelezen", "Gelezen: Only today"),
    (r"läst", "Läst: Only today"),
    (r"læst", "Læst: Only today"),
    (r"lest", "Lest: Only today"),
    (r"luettu", "Luettu: Only today"),
    (r"loetud", "Loetud: Only today"),
    (r"przeczytan\w", "Przeczytano: Only today"),
    (r"přečteno", "Přečteno: Only today"),
    (r"okundu", "Okundu: Only today"),
    (r"прочитано", "Прочитано: Only today"),
    (r"прочтено", "Прочтено: Only today"),
    (r"已读", "已读: Only today"),
    (r"已讀", "已讀: Only today"),
    (r"開封済み", "開封済み: Only today"),
    (r"읽음", "읽음: Only today"),
    start=r"^\W{0,3}",
    end=r"(?: \([^()]{0,50}\))?\s{0,3}(?:[:：-]|$)",
)

RECEIPT_TEXTS = Wording(
    (r"was read on (?:\w{3,12},? ){0,2}\d", "was read on Monday, 2 November 2026 10:05."),
    (r"your message was (?:read|opened)", "Your message was opened by bob", "Your message was read by bob"),
    (r"was deleted without being read", "was deleted without being read on Monday"),
    (
        r"your message(?: to .{1,80})? (?:was|has been) displayed",
        "Your message to bob has been displayed.",
        "Your message was displayed.",
    ),
    (r"message was displayed on", "that the message was displayed on the recipient's computer"),
    (
        r"this is a (?:read|return) receipt",
        "This is a Return Receipt for the mail that you sent",
        "This is a read receipt.",
    ),
    (r"was received by: ", "Your document: Only today was received by: bob at: Monday"),
    (r"wurde .{0,60}gelesen\b", "wurde am Montag gelesen."),
    (r"a été lu", "a été lu le lundi 2 novembre 2026."),
    (r"sans être lu", "a été supprimé sans être lu"),
    (r"fue leíd", "fue leído el lunes."),
    (r"se leyó", "se leyó el lunes."),
    (r"sin ser leíd", "se eliminó sin ser leído"),
    (r"è stato letto", "è stato letto in data lunedì."),
    (r"foi lid", "foi lida em segunda-feira."),
    (r"is gelezen", "is gelezen op maandag."),
    (r"lästes", "lästes den 2 november."),
    (r"blev læst", "blev læst mandag."),
    (r"ble lest", "ble lest mandag."),
    (r"luettiin", "luettiin maanantaina."),
    (r"on loetud", "Teie sõnum on loetud."),
    (r"została przeczytana", "została przeczytana w dniu 2 listopada."),
    (r"byla přečtena", "byla přečtena v pondělí."),
    (r"tarihinde okundu", "İletiniz 2 Kasım tarihinde okundu."),
    (r"прочитано", "прочитано в понедельник."),
    (r"прочтено", "было прочтено 2 ноября."),
    (r"已.{0,20}阅读", "已于 2026年11月2日 阅读。"),
    (r"已.{0,20}讀取", "已在 2026年11月2日 讀取。"),
    (r"開封", "次の受信者がメッセージを開封しました。"),
    (r"읽었습니다", "보낸 메시지를 읽었습니다."),
)

DIGEST_SUBJECTS = Wording(
    (r"\S{1,80} digest, vol", "Talk Digest, Vol 3, Issue 4"),
    (r"\S{1,80} digest - \d", "TALK Digest - 1 Nov 2026 to 2 Nov 2026 (#2026-12)"),
    (r"\S{1,80} digest \d.{1,60} issue \d", "talk Digest 2 Nov 2026 10:00:00 -0000 Issue 12"),
    (r"digest number \d", "[talk] Digest Number 1234"),
    (r"digest for \S{1,80}@", "Digest for talk@lists.example - 3 updates in 2 topics"),
    start=r"^\W{0,3}(?:\[[^\]\n]{1,60}\]\s{0,3})?",
)
"""Mailman, Listserv, ezmlm, Yahoo, Google."""
