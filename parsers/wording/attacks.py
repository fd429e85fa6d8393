"""What people and programs complain of in prose that is no mail: what is done to a host, a person or a right."""

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
    (
        r"guess\w{0,3} (?:\w{1,12} )?passwords|password.guess|(?:try|tries|trying) (?:\w{1,12} )?passwords",
        "guesses our passwords",
        "password guessing",
        "tries many passwords",
        "trying passwords",
        "they try passwords",
    ),
    (r"\bscrap(?:ing|es)\b", "is scraping our shop", "scrapes our pages"),
    (
        r"\bharass|\bstalk(?:er|ing)\b|\babusive (?:messages|comments|e?-?mails|posts)",
        "harasses our staff",
        "a stalker",
        "stalking me",
        "abusive messages",
        "abusive comments",
        "abusive e-mails",
        "abusive posts",
    ),
    (
        r"\bdroh(?:mail|-mail|brief|nachricht)|death threat|threatening (?:e-?)?(?:mail|message)s|menaces de mort"
        r"|amenazas de muerte|minacce di morte",
        "Drohmails",
        "Droh-Mails",
        "ein Drohbrief",
        "Drohnachrichten",
        "a death threat",
        "threatening e-mails",
        "threatening messages",
        "menaces de mort",
        "amenazas de muerte",
        "minacce di morte",
    ),
    (
        r"belästig|harcel|harcèl|\bacos(?:o|a|ando)\b|molestie",
        "er belästigt uns",
        "le harcelement",
        "du harcèlement",
        "un acoso",
        "nos acosa",
        "nos está acosando",
        "molestie",
    ),
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
    (r"tentatives? (?:de connexion|d'accès)", "tentatives de connexion", "tentative d'accès"),
    (r"droits? d'auteur", "violation du droit d'auteur"),
    (r"ataque|atacando|atacad", "un ataque", "está atacando", "fuimos atacados"),  # Spanish, Portuguese
    (r"fuerza bruta|força bruta", "fuerza bruta", "força bruta"),
    (r"escane|varredura", "un escaneo de puertos", "varredura de portas"),
    (
        r"intrusión|intentos de acceso|invasão|invadir|tentativas? de acesso",
        "una intrusión",
        "intentos de acceso",
        "tentativa de invasão",
        "tenta invadir o servidor",
        "tentativas de acesso",
    ),
    (r"attacc|forza bruta", "un attacco", "forza bruta"),  # Italian
    (r"scansion", "una scansione delle porte"),
    (r"aanval|poortscan", "een aanval", "een poortscan"),  # Dutch
    (r"inbraak|inbreken", "een inbraakpoging", "hij wil inbreken"),
    (r"\batak", "atak na serwer"),  # Polish
    (r"włama", "próby włamania"),
    (r"skanowani", "skanowanie portów"),
    (r"атак|взлом", "сетевая атака", "попытки взлома"),  # Russian
    (
        r"(?:перебор|подбор)\w{0,2} парол|сканирован",
        "перебор паролей",
        "подбором паролей",
        "сканирование портов",
    ),
    (r"підбір парол|зламат|зламу", "підбір паролів", "хочуть зламати", "спроби зламу"),  # Ukrainian
    (
        r"angrep|\bangreb|intrång|innbrudd",
        "et angrep",
        "et angreb",
        "ett intrång",
        "et innbrudd",
    ),  # Scandinavian
    (r"\bmis+bru[gk]", "misbruk", "misbrug", "missbruk"),
    (
        r"(?:gætte|gjette|gissa)\w{0,3} (?:\w{1,12} )?(?:adgangskode|passord|lösenord)",
        "gætter adgangskoder",
        "gjettede passord",
        "gissar lösenord",
    ),
    (r"útok|útoč", "útok na server", "útočí na nás"),  # Czech
    (r"hyökkäy|murtau", "hyökkäys palvelimelle", "murtautua"),  # Finnish
    (r"betör|támad", "betörési kísérlet", "támadás"),  # Hungarian
    (
        r"\batac(?:uri|ul|ă)?\b|forț\w{1,3} brut",
        "un atac",
        "atacuri",
        "atacul",
        "atacă",
        "forță brută",
    ),  # Romanian
    (r"\bnapad", "napad na poslužitelj"),  # Croatian, Slovene
    (r"επίθεσ|επιθέσε", "επίθεση", "επιθέσεις"),  # Greek
    (r"tấn công", "tấn công"),  # Vietnamese
    (r"\bserangan|\bmeretas", "serangan", "meretas"),  # Indonesian
    (r"هجوم|هجمات|اختراق", "هجوم", "هجمات", "اختراق"),  # Arabic
    (r"saldır", "saldırı"),  # Turkish
    (r"攻撃|不正アクセス|不正ログイン", "攻撃", "不正アクセス", "不正ログイン"),  # Japanese
    (r"攻击|暴力破解|扫描", "攻击", "暴力破解", "扫描"),  # Chinese
    (r"공격|해킹|무차별", "공격", "해킹", "무차별 대입"),  # Korean
)
"""What somebody does to a host or a right; none of these is a kind of feedback report."""

AT_US = Wording(
    (
        r"(?:attack|scann|spamm|hack|prob|flood|forc|hammer|dos)\w{0,3} (?:us|our|me|my)\b",
        "attacking us",
        "scanning our network",
        "spamming me",
        "hacked my host",
        "probes us",
        "flooding us",
        "brute forces our SSH",
        "hammers our server",
        "ddosed our match server",
    ),
    (
        r"\b(?:attacks?|spam|scans?) (?:comes?|came|coming) from",
        "attacks come from",
        "the attack came from",
        "spam coming from",
        "the scan comes from",
        "scans came from",
    ),
    (r"\bsending (?:me|us) \w", "has been sending me ads", "is sending us junk mail"),
    (r"attempts against", "banned by Fail2Ban after 5 attempts against sshd"),
)
"""Who complains says whom it is done to, or just where it comes from."""
