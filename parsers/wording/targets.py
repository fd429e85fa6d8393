"""What stands beside the address of whom an attack was aimed at."""

from parsers.wording import Wording

TARGETS = Wording(
    (r"\bdst(?:[_ -]?(?:ip|addr))?", "DST=", "dst_ip:", "dst addr:"),
    (
        r"\bdest(?:ination)?(?:[_ -]?(?:ip|address))?s?",
        "destination: ",
        "dest_ip=",
        "Destination address: ",
    ),
    (
        r"\btarget(?:ed)?(?:[_ -]?(?:ip|address))?(?:es)?s?",
        "target: ",
        "targeted IP: ",
        "Target addresses: ",
    ),
    (r"\bvictim(?:[_ -]?ip)?s?", "victim: ", "victim IP: "),
    (r"(?:-|=)>|→", "-> ", "=> ", "→ "),
    (r"\bagainst", "against "),
    (r"\b(?:received|accepted|delivered) (?:by|to)", "received by ", "accepted by ", "delivered to "),
    (r"attack(?:s|ed|ing)? (?:on|to)", "attacks on ", "an attack to ", "attacking on ", "attacked on "),
    (r"attack(?:s|ed|ing)(?= [(\[]?$)", "it attacks ", "attacked ", "attacking "),
    (
        r"\b(?:attack|flood|ddos)s? (?:\w{1,12} )?(?:on|to|against|targeting|aimed at) "
        r"(?:(?:one of )?your |the )?(?:\w{1,15} )?"
        r"(?:ip(?: address)?|address|host|server|client|customer|machine|network|vps)",
        "attack detected on your IP address ",
        "attack on your IP ",
        "a flood to your server ",
        "DDoS against your customer ",
        "attacks targeting the virtual host ",
        "attack aimed at one of your clients machine ",
        "attack on a machine ",
        "attack on the address ",
        "attack on your client ",
        "attack against your network ",
        "attack on your VPS ",
    ),
    (
        r"(?:angriff|attacke|flood)e? (?:auf|gegen) (?:ihr|eur|unser|den|die|das|einen)\w{0,3} (?:\w{1,15} )?"
        r"(?:ip(?:-?adresse)?|adresse|host|server|kunden?|rechner|router|netz)",
        "Angriff auf Ihre IP-Adresse ",
        "Attacke gegen eure IP ",
        "Flood gegen unseren Router ",
        "Angriff auf den Host ",
        "Angriff auf die Adresse ",
        "Angriff auf das Netz ",
        "Angriff auf einen Rechner ",
        "Angriff auf Ihren Kunden ",
        "Angriffe auf Ihren Server ",
    ),
    (
        r"(?:attaque|ataque|attacco|aanval|atak|атака) (?:sur|contre|contra|a|al|contro|su|op|tegen|na|на) "
        r"(?:\w{1,10} ){0,2}(?:ip|adresse|serveur|client|servidor|cliente|dirección|server|indirizzo|adres|klant|serwer"
        r"|адрес|сервер)",
        "attaque sur votre IP ",
        "attaque contre votre serveur ",
        "attaque sur votre adresse ",
        "attaque sur le client ",
        "ataque contra su servidor ",
        "ataque a la dirección ",
        "ataque al cliente ",
        "attacco al server ",
        "attacco contro il server ",
        "attacco su indirizzo ",
        "aanval op uw server ",
        "aanval tegen uw klant ",
        "atak na adres ",
        "atak na serwer ",
        "атака на адрес ",
        "атака на сервер ",
    ),
    (r"\bziel(?:-?ip|-?adresse)?", "Ziel: ", "Ziel-IP: ", "Zieladresse: "),
    (
        r"angriffe? (?:auf|gegen)|\bcontre|\bcontra|\bcontro|\btegen|\bprzeciwko",
        "Angriff auf ",
        "Angriffe gegen ",
        "contre ",
        "contra ",
        "contro ",
        "tegen ",
        "przeciwko ",
    ),
    (
        r"\bcible|\bdestino|\bobjetivo|\bdestinazione|\bdoelwit|\bcel|\bцель",
        "cible : ",
        "destino: ",
        "objetivo: ",
        "destinazione: ",
        "doelwit: ",
        "cel: ",
        "цель: ",
    ),
    end=r"[\s:=(\[\"']{0,4}$",
)
"""What stands before the address of whom an attack is aimed at."""

TARGETS_AFTER = Wording(
    (
        r"(?:is|was|has been|are|were|have been) (?:\w{1,12} ){0,2}?"
        r"(?:under attack|attacked\b|the target|ddosed|flooded|targeted|the victim)",
        " is currently under attack",
        " was attacked",
        " has been the target of",
        " are being DDoSed",
        " were flooded",
        " have been targeted",
        " is the victim",
    ),
    (
        r"(?:wird|wurde) (?:\w{1,12} ){0,2}?angegriffen|ist (?:\w{1,12} ){0,2}?ziel\b",
        " wird derzeit angegriffen",
        " wurde angegriffen",
        " ist gerade Ziel eines Angriffs",
    ),
    (
        r"(?:est|a été) (?:\w{1,12} ){0,2}?(?:la cible|attaquée?|victime)",
        " est la cible",
        " a été attaquée",
        " est actuellement victime",
    ),
    start=r"^[\])\"']?(?: \([^)\n]{0,40}\))?(?: in \w{1,12} \w{1,12})? ",
)
"""What stands behind it."""
