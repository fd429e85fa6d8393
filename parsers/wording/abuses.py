"""What people and programs complain of in prose: attacks, fraud, malware, unwanted mail."""

from parsers.wording import Wording

ATTACKS = Wording(
    (r"brute.?forc", "brute-force attempts"),
    (r"port.?scan", "a portscan"),
    (r"scann(?:ing|ed) (?:us|our|my)\b", "scanning us", "scanned our network", "scanned my host"),
    (
        r"\b(?:d?dos(?:es|ing)?|denial.of.service)\b",
        "a DDoS",
        "DoSes our wiki",
        "DoSing us",
        "a denial of service",
    ),
    (r"malicious (?:traffic|activity)", "malicious traffic", "malicious activity"),
    (
        r"\bprob(?:es?|ing) (?:our|my|us)\b",
        "probes our ports",
        "they probe our hosts",
        "probing my host",
        "probing us",
    ),
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

AT_US = Wording(
    (
        r"(?:attack|scann|spamm|hack|prob|flood|forc|hammer)\w{0,3} (?:us|our|me|my)\b",
        "attacking us",
        "scanning our network",
        "spamming me",
        "hacked my host",
        "probes us",
        "flooding us",
        "brute forces our SSH",
        "hammers our server",
    ),
    (
        r"\b(?:attacks?|spam|scans?) (?:comes?|came|coming) from",
        "attacks come from",
        "the attack came from",
        "spam coming from",
        "the scan comes from",
        "scans came from",
    ),
    (r"attempts against", "banned by Fail2Ban after 5 attempts against sshd"),
)
"""Who complains says whom it is done to, or just where it comes from."""

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
    (r"迷惑メール|スパム", "迷惑メール", "スパム"),
    (r"垃圾", "垃圾邮件"),
    (r"스팸", "스팸"),
)
"""What is unwanted mail."""
