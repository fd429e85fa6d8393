"""What stands beside an address in prose: where it came from, in what line, or that it is none."""

from parsers.wording import Wording

VERSIONS = Wording(
    (r"\bv(?:er(?:s\w{1,5})?)?\b\.?", "v ", "ver. ", "version ", "Versión ", "Version: "),
    (r"\brelease\b", "release "),
    (r"\bbuild\b", "build "),
    (r"\bfirmware\b", "firmware "),
    (r"\b(?:up|down)(?:dat|grad)\w{1,3}\b", "updated to ", "upgrade from ", "downgrading to "),
    (r"\brevision\b", "revision "),
    (r"\bпрошивк\w", "прошивка "),
    (r"\bверси\w", "версия "),
    (r"\bwersj\w", "wersja "),
    (r"\bverzi?e\b", "verze "),
    (r"バージョン|版本|버전", "バージョン", "版本", "버전 "),
    (
        r"\b(?:section|chapter|clause|article|paragraph|abschnitt|kapitel|ziffer|item|rfc)\b|§",
        "section ",
        "chapter ",
        "clause ",
        "article ",
        "paragraph ",
        "Abschnitt ",
        "Kapitel ",
        "Ziffer ",
        "item ",
        "RFC ",
        "§ ",
    ),
    end=r"[^\n.;]{0,12}(?:\d{1,3}(?:\.\d{1,3}){3} \w{1,3} )?$",
)
"""What stands before four numbers that are no address."""

SOURCES = Wording(
    (
        r"\bip(?:v[46])?(?:[- ]?(?:numbers?|addr))?",
        "IP ",
        "IPv6 ",
        "IP number ",
        "IP numbers ",
        "IP addr ",
    ),
    (
        r"\baddress(?:es)?\b|\badress[ea]n?\b|\badres\w?\b",
        "address: ",
        "addresses ",
        "Adresse ",
        "adressen ",
        "adres ",
    ),
    (r"\b(?:from|by|via|host|src|source)\b", "from ", "by ", "via ", "host ", "SRC=", "source: "),
    (
        r"\b(?:address|ip|adresse|dirección|indirizzo) (?:is|ist|lautet|est|es|è)",
        "the address is ",
        "the IP is ",
        "die Adresse ist ",
        "die IP lautet ",
        "l'adresse est ",
        "la dirección es ",
        "l'indirizzo è ",
    ),
    (
        r"\boriginat\w{1,4} (?:at|in|with|on)\b",
        "originated at ",
        "originates in ",
        "originating with ",
        "originate on ",
    ),
    (r"διεύθυνση|\bαπό( την)?", "διεύθυνση ", "από "),
    (r"\b(?:von|vom|aus|über|quelle)\b", "von ", "vom ", "aus ", "über ", "Quelle: "),
    (
        r"\b(?:depuis|par|de|desde|da|dal|dall|van|vanaf|od|från|fra|z|ze)\b",
        "depuis ",
        "par ",
        "de ",
        "desde ",
        "da ",
        "dal ",
        "dall'",
        "van ",
        "vanaf ",
        "od ",
        "från ",
        "fra ",
        "z ",
        "ze ",
    ),
    (r"\b(?:адрес\w{0,2}|со?|от)\b", "адреса ", "с ", "со ", "от "),
    (r"来自|地址|从", "来自", "地址", "从"),
    (r"アドレス", "アドレス"),
    (r"주소", "주소 "),
    end=r"[\s:=(\[\"']{0,4}$",
)
"""What stands before the address that something came from."""

EXAMPLES = Wording(
    (
        r"(?:\be\. ?g\.|\bfor (?:example|instance)|\bz\. ?b\.|\bzum beispiel|\bu\. ?a\.|\bpar exemple|\bpor ejemplo"
        r"|\bpor exemplo|\b(?:per|ad) esempio|\bbijvoorbeeld|\bnp\.|\bнапример|たとえば|例えば|例如|比如|예를 들어)"
        r"[^.\n]{0,30}",
        "e.g. ",
        "for example ",
        "for instance the wave from ",
        "z. B. ",
        "zum Beispiel ",
        "u.a. Angriffe von ",
        "par exemple ",
        "por ejemplo ",
        "por exemplo ",
        "per esempio ",
        "ad esempio ",
        "bijvoorbeeld ",
        "np. ",
        "например ",
        "たとえば",
        "例えば",
        "例如",
        "比如",
        "예를 들어 ",
    ),
    (
        r"(?:\blike|\bsuch as|\bwie|\bcomme|\bcomo|\bcome|\bzoals|\btakie jak|\bтаких как)",
        "like ",
        "such as ",
        "wie ",
        "comme ",
        "como ",
        "come ",
        "zoals ",
        "takie jak ",
        "таких как ",
    ),
    end=r"[\s:(\[\"']{0,4}$",
)
"""What stands before an address that is only an example."""

LOGGED = Wording(
    (r"\b\d{1,2}:\d{2}:\d{2}\b", "Nov  2 10:00:00 web1 sshd[7]: Failed"),
    (
        r"\b(?:src|source|attacker)[_ -]?(?:ip|addr|address)?\s{0,2}[=:]",
        "SRC=",
        "source_ip: ",
        "attacker: ",
        "src addr=",
        "Source address: ",
    ),
    (r"\t[^\t\n]{0,200}\t", "192.0.2.1\t22\ttcp"),
    (r"\|[^|\n]{0,200}\|", "| 192.0.2.1 | 22 |"),
    (r";[^;\n]{0,200};", "192.0.2.1;22;tcp"),
    (r"^[^,\n]{0,60},[^,\s]{1,60},[^,\s]{1,60}", "192.0.2.1,22,tcp"),
    (r"^[\s*•-]{0,6}[\d.]{7,15}(?:\s{0,5}$|\s{2,20}\S)", "192.0.2.1", "192.0.2.1   412 Mails"),
)
"""How lines of logs, tables and lists look."""
