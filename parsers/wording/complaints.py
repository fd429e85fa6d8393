"""In what words people complain about junk, to whom, and how they pass it on."""

from parsers.wording import Row, Wording

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
    *(
        (rf"(?:^|[-_.+=]){word}(?:$|[-_.+=\d])", *texts)
        for word, *texts in (
            (r"reports?", "report", "reports"),
            (r"reporting", "reporting"),
            (r"fbl", "fbl-aol"),
            (r"jmrp", "jmrp"),
            (r"arf", "arf"),
            (r"uce", "uce"),
            (r"security", "it-security"),
            (r"soc", "soc"),
            (r"noc", "noc"),
            (r"cert", "cert"),
            (r"[cps]?sirt", "csirt", "psirt"),
            (r"irt", "irt"),
        )
    ),
)
"""Local parts of those who receive complaints, with whatever stands before or behind."""

ROLES = Wording(
    *(
        (word, word)
        for word in ("info", "support", "admin", "administrator", "webmaster", "postmaster", "hostmaster")
    ),
    *(
        (word, word)
        for word in ("helpdesk", "servicedesk", "service", "contact", "kontakt", "office", "legal", "dns")
    ),
    *(
        (word, word)
        for word in ("tech", "technik", "network", "ripe", "whois", "copyright", "dmca", "trust", "safety")
    ),
    *((word, word) for word in ("sales", "mail", "hosting")),
    (r"domains?", "domains", "domain"),
    start=r"(?:^|[-_.+=])(?:",
    end=r")(?:$|[-_.+=\d])",
)
"""Local parts of those whom people complain to when they know no abuse desk; much junk goes there too."""

_PREFIXES: tuple[Row, ...] = (
    (r"fwd?", "FW: You have won", "Fwd: You have won"),
    (r"wg", "WG: Sie haben gewonnen"),  # German
    (r"tr", "TR : Vous avez gagné"),  # French
    (r"rv", "RV: Ha ganado"),  # Spanish
    (r"enc", "ENC: Ganhou"),  # Portuguese
    (r"i", "I: Ha vinto"),  # Italian
    (r"vs", "VS: Du har vundet"),  # Danish, Norwegian
    (r"vb", "VB: Du har vunnit"),  # Swedish
    (r"vl", "VL: Voitit"),  # Finnish
    (r"pd", "PD: Wygrana"),  # Polish
    (r"doorst", "Doorst: U hebt gewonnen"),  # Dutch
    (r"ilt", "ILT: Kazandiniz"),  # Turkish
    (r"továbbítás", "Továbbítás: Nyert"),  # Hungarian
    (r"fs", "FS: Vann"),  # Icelandic
    (r"переслать", "Переслать: Вы выиграли"),  # Russian
    (r"转发", "转发：您中奖了"),  # Chinese
    (r"轉寄", "轉寄: 您中獎了"),
    (r"転送", "転送: 当選"),  # Japanese
)
FORWARDS = Wording(
    *((rf"{prefix}\s{{0,2}}[:：]", *texts) for prefix, *texts in _PREFIXES),
    (r"[^\n]{0,300}\(fwd\)\s{0,5}$", "You have won (fwd)"),  # Pine
    start=r"^\W{0,3}(?:\[[^\]\n]{0,40}\]\s{0,3})?",
)
"""How subjects begin, or end, of what is forwarded, in the languages of common mail programs."""

_JUNK = r"(?:spam|phishing|junk|scam|fraud)"
COMPLAINT_SUBJECTS = Wording(
    (r"complain", "Formal complaint"),
    (r"\babuse\b", "Abuse of our systems"),
    (r"unsolicited", "Unsolicited mail"),
    (r"\bu[bc]e\b", "UCE from example.com", "UBE"),
    (r"spamcop", "[SpamCop (192.0.2.1) id:7] You have won"),
    (r"spam.?trap", "Spamtrap hit"),
    (r"from your (?:network|server|ip|domain|system)", "Mail from your network"),
    (
        rf"{_JUNK}(?: e?-?mails?| messages?)? (?:report|from|through|via|received|sent by)",
        "Spam from 192.0.2.1",
        "Phishing e-mail received",
    ),
    (rf"report(?:ed|ing)?(?: of| as| for)? {_JUNK}", "Reporting phishing", "Report of scam"),
    (r"^\W{0,3}(?:spam|phishing|junk|scam)(?: ?-?e?-?mails?)?\W{0,3}$", "SPAM!", "Junk mail"),
    (r"beschwerde", "Beschwerde über Werbung"),  # German
    (r"missbrauch", "Missbrauch Ihres Netzes"),
    (r"plainte", "Plainte"),  # French
    (r"signalement", "Signalement de pourriel"),
    (r"denuncia", "Denuncia"),  # Spanish
    (r"queja", "Queja por correo no deseado"),
    (r"segnalazione", "Segnalazione"),  # Italian
    (r"жалоба", "Жалоба на рассылку"),  # Russian
    (r"举报", "举报垃圾邮件"),  # Chinese
    (r"迷惑メール", "迷惑メールについて"),  # Japanese
)
"""What subjects of complaints say, and those of junk rarely."""

JUNK_WORDS = Wording(
    (r"spam", "this spam"),
    (r"phish", "a phishing mail"),
    (r"scam", "this scam"),
    (r"junk", "more junk"),
    (r"unsolicited", "unsolicited mail"),
    (r"unwanted", "unwanted advertising"),
    (r"\bu[bc]e\b", "UCE"),
    (r"complain", "I want to complain"),
    (r"abuse report", "This is an abuse report."),
    (r"unerwünscht", "unerwünschte Werbung"),  # German
    (r"unverlangt", "unverlangte Zusendung"),
    (r"unaufgefordert", "unaufgefordert zugesandt"),
    (r"betrug", "ein Betrugsversuch"),
    (r"beschwerde", "eine Beschwerde"),
    (r"indésirable", "courrier indésirable"),  # French
    (r"pourriel", "ce pourriel"),
    (r"non sollicité", "message non sollicité"),
    (r"hameçonnage", "une tentative d'hameçonnage"),
    (r"plainte", "je porte plainte"),
    (r"no desead", "correo no deseado"),  # Spanish
    (r"no solicitad", "publicidad no solicitada"),
    (r"queja", "una queja"),
    (r"denuncia", "quiero denunciar"),
    (r"indesiderat", "posta indesiderata"),  # Italian
    (r"non richiest", "pubblicità non richiesta"),
    (r"indesejad", "correio indesejado"),  # Portuguese
    (r"não solicitad", "mensagem não solicitada"),
    (r"reclamaç", "uma reclamação"),
    (r"ongewenst", "ongewenste mail"),  # Dutch
    (r"klacht", "een klacht"),
    (r"skräppost", "skräppost"),  # Swedish
    (r"oönskad", "oönskad reklam"),
    (r"uønsket", "uønsket reklame"),  # Danish, Norwegian
    (r"søppelpost", "søppelpost"),
    (r"niechcian", "niechciana poczta"),  # Polish
    (r"niezamówion", "niezamówiona reklama"),
    (r"skarg", "składam skargę"),
    (r"nevyžádan", "nevyžádaná pošta"),  # Czech
    (r"nevyžiadan", "nevyžiadaná pošta"),  # Slovak
    (r"stížnost", "stížnost"),
    (r"спам", "это спам"),  # Russian
    (r"нежелательн", "нежелательная рассылка"),
    (r"жалоб", "моя жалоба"),
    (r"istenmeyen", "istenmeyen posta"),  # Turkish
    (r"迷惑メール", "迷惑メール"),  # Japanese
    (r"スパム", "スパム"),
    (r"垃圾(?:邮件|郵件|信)", "垃圾邮件", "垃圾郵件", "垃圾信"),  # Chinese
    (r"投诉", "我要投诉"),
    (r"스팸", "스팸 메일"),  # Korean
    (r"مزعج", "بريد مزعج"),  # Arabic
    (r"غير مرغوب", "بريد غير مرغوب فيه"),
)
"""What people call what they complain about."""

_THINGS = r"(?:network|server|system|customer|client|user|host|range|domain|machine|ip|subscriber)"
COMPLAINT_TEXTS = Wording(
    (
        r"(?:came|comes?|coming|sent|sending|received|got|originat\w{1,4}) (?:\w{1,20} ){0,3}from (?:one of )?"
        rf"your (?:\w{{1,20}} ){{0,2}}{_THINGS}",
        "The attached message came to us from one of your customers.",
    ),
    (r"\bstop (?:sending|mailing|spamming)\b", "Please stop sending me this."),
    (r"\bi never (?:asked|subscribed|signed up)\b", "I never asked for it."),
)
"""What needs no word for junk beside it."""

PLEAS = Wording(
    (rf"\byour (?:\w{{1,20}} ){{0,2}}{_THINGS}", "your dedicated server"),
    (r"from you\b", "from you"),
    (r"of yours\b", "a client of yours"),
    (r"about your ", "about your mailing"),
    (
        r"\b(?:i|we)(?:'ve| have)?(?: just| keep| also)? (?:received?|got|get|getting|receiving)\b",
        "I keep getting this",
        "We've received this",
    ),
    (r"was sent to (?:me|us|my)\b", "This was sent to my address"),
    (
        r"\b(?:ihr|eur)\w{0,3} (?:\w{1,20} )?(?:server|netz|kunde|system)",
        "von Ihrem Server",
        "eure Kunden",
    ),  # German
    (r"\b(?:bekomme|erhalte)n?\b", "ich bekomme", "wir erhalten"),
    (r"\bvotre (?:réseau|serveur|client)", "de votre serveur"),  # French
    (r"je reçois", "je reçois cela"),
    (r"nous recevons", "nous recevons cela"),
    (r"j'ai reçu", "j'ai reçu cela"),
    (r"\bsus? (?:red|servidor|cliente)", "desde su red"),  # Spanish
    (r"\brecib[ií]", "recibí esto"),
    (r"\b(?:vostr[oa]|vostri) (?:server|rete|client)", "dal vostro server"),  # Italian
    (r"\bricev", "ricevo questa"),
    (r"\b(?:vosso|seu|sua|vossa) (?:servidor|rede|cliente)", "do vosso servidor"),  # Portuguese
    (r"\brecebi", "recebi isto"),
    (r"\brecebemos", "recebemos isto"),
    (r"\b(?:uw|jullie) (?:server|netwerk|klant)", "van uw netwerk"),  # Dutch
    (r"\bontv(?:ing|ang)", "ik ontving dit"),
    (r"\b(?:er|din|deres) (?:server|nätverk|kund|kunde)", "från er server"),  # Swedish, Danish, Norwegian
    (r"\bjag får", "jag får detta"),
    (r"\bmodtager", "jeg modtager dette"),
    (r"serwera", "z Państwa serwera"),  # Polish
    (r"sieci", "z waszej sieci"),
    (r"otrzymuj", "otrzymuję to"),
    (r"otrzymał", "otrzymałem to"),
    (r"\bvašeho", "z vašeho stroje"),  # Czech, Slovak
    (r"\bobdrže", "obdržel jsem"),
    (r"\bваш\w{0,4} (?:сервер|сет|клиент)", "с вашего сервера"),  # Russian
    (r"\bполуч", "я получил"),
    (r"sunucunuz", "sunucunuzdan"),  # Turkish
    (r"alıyorum", "bunu alıyorum"),
    (r"aldım", "bunu aldım"),
    (r"サーバ", "御社のサーバから"),  # Japanese
    (r"受信", "受信しました"),
    (r"届", "届きました"),
    (r"服务器", "贵公司的服务器"),  # Chinese
    (r"伺服器", "貴公司的伺服器"),
    (r"收到", "我收到"),
    (r"귀사", "귀사에서"),  # Korean
    (r"서버", "서버에서"),
    (r"받았", "받았습니다"),
    (r"خادمكم", "من خادمكم"),  # Arabic
    (r"تصلني", "تصلني رسائل"),
    (r"وصلتني", "وصلتني رسالة"),
)
"""From whom, and to whom: what people say besides who complain to those that it came from."""

COMPLAINTS_RECEIVED = Wording(
    (r"complaint (?:of|from|by|that) (?:one of )?(?:our|a) ", "the complaint of one of our users"),
    (
        r"(?:received|got|following|forward\w{0,3})(?: (?!my\b)\w{1,20}){0,3} (?:complaint|abuse (?:report|notice))",
        "We received the attached complaint.",
        "The following abuse report reached us.",
    ),
    (
        r"(?:erhalten|erhielten|folgende|anbei)(?: (?!meine\b)\w{1,20}){0,3} (?:beschwerde|abuse-?meldung)",
        "Wir erhielten die anliegende Beschwerde.",
    ),
    (
        r"(?:reçu|suivante|transmet\w{0,4})(?: (?!ma\b)\w{1,20}){0,3} plainte",
        "Nous avons reçu cette plainte.",
    ),
    (r"plainte (?:suivante|ci-jointe|reçue)", "la plainte ci-jointe"),
    (
        r"(?:recibido|siguiente|reenv\w{1,5})(?: (?!mi\b)\w{1,20}){0,3} (?:queja|denuncia|reclamación)",
        "Hemos recibido la siguiente queja.",
    ),
)
"""What a reporter says who passes somebody's complaint on; one of its own it sends itself."""

TICKET_SUBJECTS = Wording(
    (r"\[[^\]\n]{0,40}(?:#|ticket\W{1,3}|\bid\W{1,3})\d{3,12}\]", "[isp.example #12345] Spam")
)
"""How trackers write the number of a ticket in subjects."""
