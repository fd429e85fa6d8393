"""Who wrote a mail, and in what words: tables that tell bounces and automatic mail."""

import re
from functools import cached_property


class Wording:
    """A table of patterns, any of which may stand in a text; compiled when first asked."""

    def __init__(self, *rows: str, start: str = "", end: str = "") -> None:
        self._source = f"{start}(?:{'|'.join(rows)}){end}"

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self._source, re.IGNORECASE | re.MULTILINE)

    def is_in(self, text: str) -> bool:
        """Whether one of them stands in the text."""
        return self._pattern.search(text) is not None

    def count_in(self, text: str) -> int:
        """How often they stand in the text."""
        return sum(1 for _ in self._pattern.finditer(text))

    def is_all(self, text: str) -> bool:
        """Whether one of them is the whole text."""
        return self._pattern.fullmatch(text) is not None


MAIL_SYSTEM_LOCAL_PARTS = frozenset(
    {
        *("mailer-daemon", "mailer_daemon", "mailerdaemon", "mail-daemon", "maildaemon", "mdaemon", "mta"),
        *("mail-delivery-subsystem", "mail-delivery-system"),
        *("bounce", "bounces", "bounced_mail", "double-bounce", "microsoftexchange"),
    }
)
"""Nobody writes mail by hand from these."""

ROBOT_LOCAL_PARTS = MAIL_SYSTEM_LOCAL_PARTS | {
    *("postmaster", "post_master", "poostmaster", "listserv", "majordomo"),
    *("noreply", "no-reply", "no_reply", "donotreply", "do-not-reply"),
}
"""Programs write from these; people too, from some of them."""

ROBOT_NAMES = Wording(
    r"mail ?deliver|mailer.?daemon|postmaster|delivery (?:sub)?system|mail system|mail server",
    r"internet mail|returned mail",
    r"system administrator|mail administrator|microsoft outlook",
    r"systemadministrator|administrateur syst|administrador del sistema|amministratore di sistema",
    r"почтов|メール配送|系统管理员|邮件投递",
)
"""Display names of the programs that send bounces."""

BOUNCE_SUBJECTS = Wording(
    r"undeliver|non.?delivery|nondeliverable|returned (?:mail|to sender|e-?mail)",
    r"address (?:rejected|not found)",
    r"fail(?:ure|ed) (?:notice|delivery|to deliver)",
    r"delivery (?:status|failure|failed|notification|report|problem)",
    r"delivery (?:error|has failed|delayed)",
    r"(?:\S{1,100} )?(?:e-?mail|message|mail) (?:delivery|system error|returned)",
    r"(?:\S{1,100} )?(?:e-?mail|message|mail) (?:could not be|not delivered|status)",
    r"(?:\S{1,100} )?(?:e-?mail|message|mail) (?:undeliverable|rejected|expired)",
    r"mail failure|mail could not|could not (?:send|deliver)|unable to deliver|mail ?delivery",
    r"delayed mail|bounce",
    r"warning.{1,5}(?:could not send|message .{0,60}(?:delayed|still))",
    r"notice: mail delivery|postmaster notify",
    r"\[postmaster\]",
    r"rejected (?:mail|message)|message (?:blocked|delayed)|loop alert|error condition re|user unknown",
    r"unzustellbar|nicht zustellbar|zustellung fehlgeschlagen|onbestelbaar|niet bezorgd",  # German, Dutch
    r"no se (?:pudo|ha podido)|no entregad|mensaje no|correo (?:no|devuelto)|devoluci",  # Spanish
    r"notificaci[óo]n de (?:estado|error)|error de entrega",
    r"avis de non|échec|echec|non remis|message non|rapport de non",  # French
    r"mancata consegna|impossibile recapitare|falha|n[ãa]o entregue|n[ãa]o foi poss",  # Italian, Portuguese
    r"niedostarcz|zwrot|nedoru[cč]|olevererbar|kunde inte levereras|returnert|teslim edilemedi",
    r"tagastatud|kirja ei|sõnum|kohaletoimetamata|toimitus|neuspe",  # Estonian, Finnish
    r"недостав|не доставлен|не удалось|ваше сообщение не|сообщение не|возврат",  # Russian
    r"退信|无法投递|系统退信|投递失败|未送達|無法",  # Chinese
    r"配信不能|配信エラー|送信できません|送信エラー|メール.{0,10}(?:エラー|不能)",  # Japanese
    r"메일.{0,10}실패",  # Korean
    start=r"^\W{0,5}",
)

BOUNCE_TEXTS = Wording(
    r"this is the (?:mail system|qmail|postfix|mail delivery)|could(?:n't| not) be delivered",
    r"can(?:no|')t be delivered",
    r"not be delivered to|(?:wasn't|was not|been) able to deliver|unable to deliver|undeliverable",
    r"has not (?:yet )?been delivered",
    r"delivery (?:has )?failed|delivery to the following|delivery (?:failure|attempt|errors|problem)",
    r"failed permanently",
    r"permanent (?:fatal )?error|fatal errors|did not reach the following",
    r"(?:was not|not|wasn't) delivered|could not send",
    r"user unknown|unknown (?:user|local.part)|no such user",
    r"recipient.{1,40}(?:rejected|not found|unknown)|over quota",
    r"mailbox (?:is )?(?:full|unavailable)|buz[óo]n.{1,20}lleno|quota exceeded|returned to sender|returning message",
    r"returned mail",
    r"message (?:was )?(?:bounced|returned|delayed)|still being retried|will be retried|loops back to",
    r"too many hops",
    r"original message follows|transcript of session|delivery.{1,20}delayed|error: invalid user",
    r"\b[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}\b",
    r"\b55[0-4][ -](?:<|user|no |unknown|mailbox|recipient|requested|access)",
    r"nicht zugestellt|konnte nicht|unzustellbar|kon niet worden|kunde inte",
    r"n'a pas pu être|n'ont pas pu|non remis|n'a pas été|impossible de (?:remettre|livrer)",
    r"no se (?:pudo|ha podido) entregar|no (?:pudo|ha podido) ser|no se entreg",
    r"non è stato possibile|não (?:foi|pôde)|nie może|nie można|nelze",
    r"ei saanud|ei õnnestunud|ei olnud võimalik|kätte toimetada|ei voitu",
    r"не (?:может быть|было|удалось|был) доставлен|не удалось доставить|не доставлено",
    r"無法|无法(?:投递|送达|发送)|退信|未能送达|退回",
    r"配信できません|配信されませんでした|送信できません|届けることができません|見つかりません",
    r"配送できません",
)

DELIVERY_FIELDS = Wording(
    r"(?:final-recipient|original-recipient|diagnostic-code|remote-mta|last-attempt-date|action|status)",
    start=r"^[> \t]{0,20}",
    end=r"[ \t]{0,5}:[ \t]{0,5}(?:rfc822|smtp|dns|failed|delayed|[245]\.\d|\w{3},)",
)
"""Fields of a delivery status (RFC 3464) that stand in the text."""

AUTO_REPLY_SUBJECTS = Wording(
    r"auto(?:mat(?:ic|ed))?.?(?:reply|response|answer)|autorespon|auto:|out of (?:the )?office|vacation",
    r"away from",
    r"abwesenheit|automatische antwort|automatisch antwoord|autosvar|automatvar",
    r"r[ée]ponse automatique|absence du bureau|respuesta autom[áa]tica|autorespuesta|fuera de la oficina",
    r"risposta automatica|resposta autom[áa]tica|autoodpowied|automaattinen|automaatvastus",
    r"автоответ|автоматический ответ|自動返信|自動応答|自动回复|自动答复|자동 ?응답",
    start=r"^\W{0,5}",
)

CHALLENGE_TEXTS = Wording(
    r"confirm (?:that )?(?:you (?:are|sent)|your message|this message)|approved senders? list",
    r"challenge.response",
    r"(?:add|adding) you to (?:my|their|the) (?:whitelist|approved|allow)",
    r"verify that you are (?:a )?(?:human|real)",
    r"waiting for (?:your )?(?:verification|confirmation)|boxtrapper|spamarrest",
)

RECEIPT_SUBJECTS = Wording(
    r"read|read receipt|return receipt|receipt|not read|gelesen|ungelesen|lu|non lu|le[íi]do|no le[íi]do",
    r"letto|lida|lido",
    r"läst|lest|læst|luettu|loetud|gelezen|przeczytan\w|прочитано|прочтено|已读|已讀|開封済み",
    start=r"^\W{0,3}",
    end=r"(?: \([^()]{0,50}\))?\s{0,3}(?:[:：-]|$)",
)
RECEIPT_TEXTS = Wording(
    r"was (?:read|displayed|opened|deleted without)|has been (?:read|displayed|opened)|return receipt",
    r"gelesen|a été lu|fue leíd|se leyó|è stato letto|foi lid|прочитано|прочтено|开封|已被|開封",
)

DMARC_SUBJECTS = Wording(
    r"report domain:.{0,400}submitter:|report.{0,3}id:.{0,200}submitter:|dmarc aggregate report"
)
AGGREGATE_FILES = Wording(r"[^!]{1,250}![^!]{1,250}!\d{6,12}!\d{6,12}[^/\\]{0,100}\.(?:xml|zip|gz)")
"""File names of DMARC aggregate reports (RFC 7489, section 7.2.1.1)."""

PACKED_FILES = Wording(r".{0,300}\.(?:xml|zip|gz|tgz)")
PACKED_TYPES = frozenset(
    {"text/xml", "application/xml"}
    | {
        f"application/{name}"
        for name in ("zip", "x-zip", "x-zip-compressed", "gzip", "x-gzip", "tlsrpt+gzip")
    }
)
"""What an aggregate report comes as."""

COMPLAINTS = Wording(
    r"abuse (?:report|complaint)|spam (?:report|complaint)|complaint about|phishing report",
    r"feedback report",
    r"dmarc (?:forensic|failure)|spamcop|spamtrap|your network|please (?:take action|investigate)",
)
"""Words of reporting robots, whose texts can sound like a bounce."""

SPAMCOP_SUBJECT = re.compile(r"\s{0,5}\[SpamCop \((?:https?://)?([^()\s]{2,60})\)", re.IGNORECASE)
SPAMCOP_DOMAINS = ("spamcop.net",)
"""SpamCop's reports: prose with the message pasted, the address stands in the subject."""

HOTMAIL_SUBJECT = re.compile(r"\s{0,5}complaint about message from\s{1,5}(\S{2,60})", re.IGNORECASE)
HOTMAIL_DOMAINS = ("hotmail.com", "outlook.com", "live.com", "msn.com", "microsoft.com")
"""Hotmail's older junk mail reports: no machine-readable part, the address stands in the subject."""

_AUTHENTICATION = r"dmarc (?:forensic|failure) report|authentication.failure report"
AUTHENTICATION_SUBJECTS = Wording(_AUTHENTICATION, start=r"^\W{0,5}(?:[\w.-]{1,60}[\] :]{1,3}){0,2}")
AUTHENTICATION_TEXTS = Wording(_AUTHENTICATION, r"failed the published dmarc policy")
"""What mail says that reports a failed authentication (RFC 6591) in prose."""
