"""What is complained of in prose, and feedback reports have a type for: fraud, malware, unwanted mail."""

from parsers.wording import Wording

FRAUD = Wording(
    (r"phish", "a phishing page"),
    (r"\bscam", "a scam"),
    (
        r"fake (?:login|shop|site|page|web)",
        "a fake login",
        "a fake shop",
        "a fake site",
        "a fake page",
        "a fake website",
    ),
    (r"fraudulent|fraud site|fraude", "a fraudulent shop", "a fraud site", "une fraude"),
    (
        r"extort|\bblackmail|ransom (?:e-?)?(?:mail|note|demand)",
        "extortion",
        "a blackmail",
        "a ransom mail",
        "a ransom e-mail",
        "a ransom note",
        "a ransom demand",
    ),
    (r"betrug|betrüg|erpress", "ein Betrug", "eine betrügerische Seite", "eine Erpressung"),
    (
        r"gefälschte[nrs]? (?:rechnung|webs|shop|seite|mail|e-mail)",
        "gefälschte Rechnungen",
        "gefälschte Webseite",
        "gefälschten Shop",
        "gefälschte Seite",
        "gefälschter Mails",
        "gefälschte E-Mails",
    ),
    (r"counterfeit|contrefaçon|falsificaciones", "counterfeit licences", "contrefaçon", "falsificaciones"),
    (
        r"hameçonnage|frauduleu|escroc|escroqu|chantage",
        "hameçonnage",
        "courriels frauduleux",
        "un escroc",
        "une escroquerie",
        "chantage",
    ),
    (r"estafa|extorsión|chantaje", "una estafa", "una extorsión", "un chantaje"),
    (r"\btruff|\bfrode\b|estorsion|ricatt", "una truffa", "una frode", "estorsione", "un ricatto"),
    (r"oplichting|afpers", "oplichting", "afpersing"),
    (r"oszust|wyłudz|szantaż|fałszyw\w{1,3} stron", "oszustwo", "wyłudzenie", "szantaż", "fałszywa strona"),
    (r"bedrägeri|bedrageri|\bsvindel", "bedrägeri", "bedrageri", "svindel"),
    (
        r"podvod|huijau|dolandır|oltalama|adathal|csalás",
        "podvod",
        "huijaus",
        "dolandırıcılık",
        "oltalama",
        "adathalász",
        "csalás",
    ),
    (r"фишинг|мошенн", "фишинг", "мошенники"),
    (r"フィッシング|詐欺", "フィッシング", "詐欺"),
    (r"钓鱼|欺诈|诈骗", "钓鱼网站", "欺诈", "诈骗"),
    (r"피싱", "피싱 사이트"),
)
"""What is fraud."""

MALWARE = Wording(
    (r"malware", "malware"),
    (r"ransomware", "ransomware"),
    (r"\btrojan", "a trojan"),
    (r"\bvirus", "a virus"),
    (r"schadsoftware|schadcode", "Schadsoftware", "Schadcode"),
    (r"logiciels? malveillant", "logiciel malveillant", "logiciels malveillants"),
    (r"вредонос|вирус", "вредоносная программа", "вирусы"),
    (r"マルウェア|ウイルス", "マルウェア", "ウイルス"),
    (r"恶意软件|病毒", "恶意软件", "病毒"),
    (r"악성코드", "악성코드"),
)
"""What harms a computer."""

SPAM = Wording(
    (r"spam", "spam"),
    (r"mail.?bomb", "a mail bomb"),
    (r"junk ?(?:e-?)?mail", "junk mail", "junk e-mail"),
    (
        r"unsolicited (?:bulk|commercial|e?-?mail|message)",
        "unsolicited bulk mail",
        "unsolicited commercial mail",
        "unsolicited e-mail",
        "unsolicited messages",
    ),
    (r"unerwünschte", "unerwünschte Werbung"),
    (r"indésirable|pourriel", "courriers indésirables", "un pourriel"),
    (r"correo (?:basura|no deseado)", "correo basura", "correo no deseado"),
    (r"posta indesiderata", "posta indesiderata"),
    (r"correio indesejado", "correio indesejado"),
    (r"ongewenste", "ongewenste mail"),
    (r"niechcian|niezamówion", "niechciana poczta", "niezamówiona reklama"),
    (r"спам", "рассылает спам"),
    (r"skräppost|søppelpost", "skräppost", "søppelpost"),
    (r"nevyžádan", "nevyžádaná pošta"),
    (r"roskaposti", "roskapostia"),
    (r"istenmeyen", "istenmeyen posta"),
    (
        r"kéretlen|neželjen|ανεπιθύμητ|thư rác",
        "kéretlen levelek",
        "neželjena pošta",
        "ανεπιθύμητα",
        "thư rác",
    ),
    (r"迷惑メール|スパム", "迷惑メール", "スパム"),
    (r"垃圾", "垃圾邮件"),
    (r"스팸", "스팸"),
)
"""What is unwanted mail."""
