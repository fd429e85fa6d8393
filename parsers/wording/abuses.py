"""What people and programs complain of in prose: attacks, fraud, malware, unwanted mail."""

from parsers.wording import Wording

ATTACKS = Wording(
    (r"brute.?forc", "brute-force attempts"),
    (r"port.?scan", "a portscan"),
    (r"scann(?:ing|ed) (?:us|our|my)\b", "scanning us", "scanned our network", "scanned my host"),
    (r"\b(?:d?dos|denial.of.service)\b", "a DDoS", "a denial of service"),
    (r"\battack", "it attacks us"),
    (r"\bhack", "a hacker"),
    (r"intrusion", "intrusion attempts"),
    (r"break.?in attempt", "break-in attempts"),
    (r"exploit", "tries to exploit our site"),
    (r"failed (?:password|login)", "Failed password for root", "failed logins"),
    (r"(?:un|not )authori[sz]ed (?:access|login)", "unauthorised access", "not authorized login"),
    (r"invalid user", "Invalid user admin"),
    (r"authentication fail", "authentication failure"),
    (r"banned by fail2ban", "has just been banned by Fail2Ban"),
    (r"credential stuffing", "credential stuffing"),
    (r"sql.?injection", "SQL injection"),
    (r"copyright|dmca|infring", "copyright material", "a DMCA notice", "an infringement"),
    (r"botnet|command.and.control|\bc2\b", "a botnet", "command and control", "a C2 server"),
    (
        r"(?:detected|seen|noticed) abuse\b",
        "We have detected abuse from it",
        "we have seen abuse",
        "noticed abuse",
    ),
    (r"angriff|angegriffen|greift", "ein Angriff", "wurden angegriffen", "greift uns an"),  # German
    (r"einbruch", "Einbruchsversuche"),
    (r"urheberrecht", "eine Urheberrechtsverletzung"),
    (r"attaqu", "nous attaque"),  # French
    (
        r"\bscann\w{1,4} (?:nos|notre|mes|mon)\b",
        "scanne nos ports",
        "scannent notre réseau",
        "scanne mes ports",
        "scanne mon site",
    ),
    (r"tentatives? de connexion", "tentatives de connexion"),
    (r"droits? d'auteur", "violation du droit d'auteur"),
    (r"ataque|atacando|atacad", "un ataque", "está atacando", "fuimos atacados"),  # Spanish, Portuguese
    (r"fuerza bruta|força bruta", "fuerza bruta", "força bruta"),
    (r"escane|varredura", "un escaneo de puertos", "varredura de portas"),
    (r"attacc|forza bruta", "un attacco", "forza bruta"),  # Italian
    (r"scansion", "una scansione delle porte"),
    (r"aanval|poortscan", "een aanval", "een poortscan"),  # Dutch
    (r"\batak", "atak na serwer"),  # Polish
    (r"włama", "próby włamania"),
    (r"skanowani", "skanowanie portów"),
    (r"атак|взлом", "сетевая атака", "попытки взлома"),  # Russian
    (r"перебор парол|сканирован", "перебор паролей", "сканирование портов"),
    (r"angrep|intrång", "et angrep", "ett intrång"),  # Scandinavian
    (r"útok|útoč", "útok na server", "útočí na nás"),  # Czech
    (r"hyökkäy", "hyökkäys palvelimelle"),  # Finnish
    (r"saldır", "saldırı"),  # Turkish
    (r"攻撃|不正アクセス|不正ログイン", "攻撃", "不正アクセス", "不正ログイン"),  # Japanese
    (r"攻击|暴力破解|扫描", "攻击", "暴力破解", "扫描"),  # Chinese
    (r"공격|해킹|무차별", "공격", "해킹", "무차별 대입"),  # Korean
)
"""What somebody does to a host or a right; none of these is a kind of feedback report."""

FRAUD = Wording(
    (r"phish", "a phishing page"),
    (r"\bscam", "a scam"),
    (r"fraudulent|fraud site|fraude", "a fraudulent shop", "a fraud site", "une fraude"),
    (r"betrug|betrüg", "ein Betrug", "eine betrügerische Seite"),
    (r"hameçonnage", "hameçonnage"),
    (r"oplichting", "oplichting"),
    (r"фишинг|мошенн", "фишинг", "мошенники"),
    (r"フィッシング", "フィッシング"),
    (r"钓鱼|欺诈", "钓鱼网站", "欺诈"),
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
    (r"迷惑メール|スパム", "迷惑メール", "スパム"),
    (r"垃圾", "垃圾邮件"),
    (r"스팸", "스팸"),
)
"""What is unwanted mail."""
