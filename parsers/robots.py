"""Who wrote a mail, and in what words: the tables that tell bounces and automatic mail, one row an item."""

import re

ROBOT_LOCAL_PARTS = frozenset(
    [
        "mailer-daemon",
        "mailer_daemon",
        "mailerdaemon",
        "mail-daemon",
        "maildaemon",
        "postmaster",
        "post_master",
        "poostmaster",
        "mdaemon",
        "mail-delivery-subsystem",
        "mail-delivery-system",
        "mta",
        "bounce",
        "bounces",
        "bounced_mail",
        "double-bounce",
        "microsoftexchange",
        "listserv",
        "majordomo",
    ]
)

ROBOT_NAMES = re.compile(
    r"mail ?deliver|mailer.?daemon|postmaster|delivery (?:sub)?system|mail system|system administrator"
    r"|mail administrator|systemadministrator|microsoft outlook|mail server|internet mail|returned mail"
    r"|administrateur syst|administrador del sistema|почтов|メール配送|系统管理员|邮件投递",
    re.IGNORECASE,
)
"""Display names of the programs that send bounces."""

BOUNCE_SUBJECTS = re.compile(
    r"^\W{0,5}(?:"
    r"undeliver|non.?delivery|nondeliverable|returned (?:mail|to sender|e-?mail)|failure (?:notice|delivery)"
    r"|fail(?:ure|ed) (?:notice|delivery|to deliver)|delivery (?:status|failure|failed|notification|report|problem|error|has failed|delayed)"
    r"|(?:\S{1,100} )?(?:e-?mail|message|mail) (?:delivery|system error|could not be delivered|not delivered|status|returned|undeliverable)"
    r"|mail failure|mail could not|could not (?:send|deliver)|unable to deliver|unzustellbar|nicht zustellbar|mail ?delivery"
    r"|warning.{1,5}(?:could not send|message (?:delayed|still))|delayed mail|notice: mail delivery|postmaster notify|\[postmaster\]"
    r"|undelivered|rejected (?:mail|message)|message (?:rejected|undeliverable|blocked|delayed|expired)|loop alert|error condition re"
    r"|address (?:rejected|not found)|user unknown|bounce|no se (?:pudo|ha podido)|no entregad|mensaje no|correo (?:no|devuelto)"
    r"|devoluci|notifica(?:ción|cion) de estado|avis de non|échec|echec|non remis|message non|rapport de non|mancata consegna|onbestelbaar"
    r"|falha|não entregue|nao entregue|niedostarcz|zwrot|nedoru[cč]|neuspe|toimitus|tagastatud|kirja ei|sõnum|kohaletoimetamata|olevererbar|oleverer"
    r"|недостав|не доставлен|не удалось|ваше сообщение не|сообщение не|возврат|退信|无法投递|系统退信|投递失败|未送達|配信不能|配信エラー|送信できません"
    r"|메일.{0,10}실패|teslim edilemedi|returnert"
    r")",
    re.IGNORECASE,
)

BOUNCE_TEXTS = re.compile(
    r"this is the (?:mail system|qmail|postfix|mail delivery)|couldn't be delivered|could not be delivered|can(?:no|')t be delivered"
    r"|not be delivered to|wasn't able to deliver|was not able to deliver|unable to deliver|undeliverable|delivery (?:has )?failed"
    r"|delivery to the following|delivery failure|delivery attempt|failed permanently|permanent (?:fatal )?error|fatal errors"
    r"|did not reach the following|has not been delivered|was not delivered|not delivered|wasn't delivered|could not send|user unknown"
    r"|unknown user|unknown local.part|no such user|recipient.{1,40}(?:rejected|not found|unknown)|mailbox (?:is )?(?:full|unavailable)|over quota"
    r"|quota exceeded|returned to sender|returning message|returned mail|message (?:was )?(?:bounced|returned|undeliverable)"
    r"|delivery errors|delivery problem|still being retried|will be retried|delayed|loops back to|too many hops|original message follows"
    r"|transcript of session|\b[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}\b|\b55[0-4][ -]|nicht zugestellt|konnte nicht|unzustellbar|n'a pas pu être|n'ont pas pu"
    r"|non remis|no se (?:pudo|ha podido) entregar|no pudo ser|no ha podido ser|non è stato possibile|não (?:foi|pôde)|nie może|ei saanud|ei õnnestunud"
    r"|ei olnud võimalik|kätte toimetada|не (?:может быть|было|удалось) доставлен|не удалось доставить|не доставлено|無法|无法(?:投递|送达|发送)|退信|未能送达|退回"
    r"|配信できません|配信されませんでした|送信できません|届けることができません|見つかりません|配送できません",
    re.IGNORECASE,
)

DELIVERY_FIELDS = re.compile(
    r"^[> \t]{0,20}(?:final-recipient|original-recipient|diagnostic-code|remote-mta|last-attempt-date|action|status)"
    r"[ \t]{0,5}:[ \t]{0,5}(?:rfc822|smtp|dns|failed|delayed|[245]\.\d|\w{3},)",
    re.IGNORECASE | re.MULTILINE,
)
"""Fields of a delivery status (RFC 3464) that stand in the text."""

AUTO_REPLY_SUBJECTS = re.compile(
    r"^\W{0,5}(?:auto(?:mat(?:ic|ed))?.?(?:reply|response|answer)|autorespon|auto:|out of (?:the )?office|vacation|away from"
    r"|abwesenheit|automatische antwort|réponse automatique|reponse automatique|respuesta automática|respuesta automatica|autorespuesta"
    r"|risposta automatica|resposta automática|autosvar|automatisch antwoord|automaattinen|automaatvastus|autoodpowied"
    r"|автоответ|автоматический ответ|自動返信|自動応答|自动回复|自动答复|자동 ?응답)",
    re.IGNORECASE,
)

CHALLENGE_TEXTS = re.compile(
    r"confirm (?:that )?(?:you|your message|this message)|(?:add|adding) you to (?:my|their|the) (?:whitelist|approved|allow)|approved senders? list"
    r"|verify that you are (?:a )?(?:human|real)|waiting for (?:your )?(?:verification|confirmation)|boxtrapper|spamarrest|challenge.response",
    re.IGNORECASE,
)

RECEIPT_SUBJECTS = re.compile(
    r"^\W{0,3}(?:read|read receipt|return receipt|receipt|not read|gelesen|ungelesen|lu|non lu|leído|leido|no leído|letto|lida|lido"
    r"|läst|lest|læst|luettu|loetud|gelezen|przeczytan\w|прочитано|прочтено|已读|已讀|開封済み)(?: \([^()]{0,50}\))?\s{0,3}(?:[:：-]|$)",
    re.IGNORECASE,
)
RECEIPT_TEXTS = re.compile(
    r"was (?:read|displayed|opened|deleted without)|has been (?:read|displayed|opened)|return receipt|gelesen|a été lu|fue leíd|se leyó|è stato letto|foi lid"
    r"|прочитано|прочтено|开封|已被|開封",
    re.IGNORECASE,
)

DMARC_SUBJECTS = re.compile(
    r"report domain:.{0,400}submitter:|report.{0,3}id:.{0,200}submitter:|dmarc aggregate report",
    re.IGNORECASE,
)
AGGREGATE_FILES = re.compile(
    r"[^!]{1,250}![^!]{1,250}!\d{6,12}!\d{6,12}[^/\\]{0,100}\.(?:xml|zip|gz)", re.IGNORECASE
)

COMPLAINT_SUBJECTS = re.compile(
    r"abuse (?:report|complaint)|spam (?:report|complaint)|complaint about|phishing report|dmarc (?:forensic|failure)|feedback report|spamcop|spamtrap",
    re.IGNORECASE,
)
"""Subjects of reporting robots, whose texts can sound like a bounce."""

HOTMAIL_SUBJECT = re.compile(r"complaint about message from\s{1,5}(\S{2,60})", re.IGNORECASE)
"""Hotmail's older junk mail reports: no machine-readable part, the address stands in the subject."""

AUTHENTICATION_TEXTS = re.compile(
    r"dmarc (?:forensic|failure) report|failed the published dmarc policy|authentication.failure report|dmarc failure report",
    re.IGNORECASE,
)
"""What mail says that reports a failed authentication (RFC 6591) in prose."""

FORWARDED = re.compile(r"\s{0,5}(?:fwd?|wg|tr|rv|re|aw|enc|i|vs)\s{0,2}:", re.IGNORECASE)
"""Prefixes of what a person forwards or answers, in the languages of common mail programs."""
