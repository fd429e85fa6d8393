"""In what words people complain about junk, and pass complaints on."""

from parsers.wording import Wording

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
    (r"den[uú]ncia", "quiero denunciar", "uma denúncia"),
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
        "It comes from your network.",
        "Mails keep coming from your server.",
        "It was sent from your mail system.",
        "Somebody is sending this from one of your clients.",
        "We received this from your user.",
        "We got it from your host.",
        "It originated from your range.",
        "It came from your domain.",
        "It came from your machine.",
        "It came from your IP.",
        "It came from your subscriber.",
    ),
    (
        r"\bstop (?:sending|mailing|spamming)\b",
        "Please stop sending me this.",
        "Stop mailing me!",
        "Please stop spamming.",
    ),
    (
        r"\bi never (?:asked|subscribed|signed up)\b",
        "I never asked for it.",
        "I never subscribed to it.",
        "I never signed up for it.",
    ),
)
"""What needs no word for junk beside it."""

PLEAS = Wording(
    (
        rf"\byour (?:\w{{1,20}} ){{0,2}}{_THINGS}",
        "your dedicated server",
        "your network",
        "your mail system",
        "your customer",
        "one of your clients",
        "your user",
        "your host",
        "your address range",
        "your domain",
        "your machine",
        "your IP",
        "your subscriber",
    ),
    (r"from you\b", "from you"),
    (r"of yours\b", "a client of yours"),
    (r"about your ", "about your mailing"),
    (
        r"\b(?:i|we)(?:'ve| have)?(?: just| keep| also)? (?:received?|got|get|getting|receiving)\b",
        "I keep getting this",
        "We've received this",
        "I have just got this",
        "We also get these",
        "We keep receiving these",
    ),
    (
        r"was sent to (?:me|us|my)\b",
        "This was sent to my address",
        "It was sent to me",
        "It was sent to us",
    ),
    (
        r"\b(?:ihr|eur)\w{0,3} (?:\w{1,20} )?(?:server|netz|kunde|system)",
        "von Ihrem Server",
        "eure Kunden",
        "aus Ihrem Netz",
        "über Ihr System",
    ),  # German
    (r"\b(?:bekomme|erhalte)n?\b", "ich bekomme", "wir erhalten"),
    (
        r"\bvotre (?:réseau|serveur|client)",
        "de votre serveur",
        "de votre réseau",
        "de votre client",
    ),  # French
    (r"je reçois", "je reçois cela"),
    (r"nous recevons", "nous recevons cela"),
    (r"j'ai reçu", "j'ai reçu cela"),
    (
        r"\bsus? (?:red|servidor|cliente)",
        "desde su red",
        "desde su servidor",
        "uno de sus clientes",
    ),  # Spanish
    (r"\brecib[ií]", "recibí esto"),
    (
        r"\bvostr[oai] (?:server|rete|client)",
        "dal vostro server",
        "dalla vostra rete",
        "dai vostri clienti",
    ),  # Italian
    (r"\bricev", "ricevo questa"),
    (
        r"\b(?:vosso|seu|sua|vossa) (?:servidor|rede|cliente)",
        "do vosso servidor",
        "do seu cliente",
        "da sua rede",
        "da vossa rede",
    ),  # Portuguese
    (r"\brecebi", "recebi isto"),
    (r"\brecebemos", "recebemos isto"),
    (
        r"\b(?:uw|jullie) (?:server|netwerk|klant)",
        "van uw netwerk",
        "van jullie server",
        "van uw klant",
    ),  # Dutch
    (r"\bontv(?:ing|ang)", "ik ontving dit", "wij ontvangen dit"),
    (
        r"\b(?:ert?|din|deres) (?:server|nätverk|kund)",
        "från er server",
        "från ert nätverk",
        "din kund",
        "fra deres kunde",
    ),  # Swedish, Danish, Norwegian
    (r"\bjag får", "jag får detta"),
    (r"\bmodtager", "jeg modtager dette"),
    (r"serwera", "z Państwa serwera"),  # Polish
    (r"sieci", "z waszej sieci"),
    (r"otrzymuj", "otrzymuję to"),
    (r"otrzymał", "otrzymałem to"),
    (r"\bvašeho", "z vašeho stroje"),  # Czech, Slovak
    (r"\bobdrže", "obdržel jsem"),
    (
        r"\bваш\w{0,4} (?:сервер|сет|клиент)",
        "с вашего сервера",
        "из вашей сети",
        "от вашего клиента",
    ),  # Russian
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
    (
        r"complaint (?:of|from|by|that) (?:one of )?(?:our|a) ",
        "the complaint of one of our users",
        "a complaint from a client of ours",
        "a complaint by our customer",
        "the complaint that our user sent",
    ),
    (
        r"(?:received|got|following|forward\w{0,3})(?: (?!my\b)\w{1,20}){0,3} (?:complaint|abuse (?:report|notice))",
        "We received the attached complaint.",
        "The following abuse report reached us.",
        "We got this abuse notice.",
        "I forward you a complaint.",
    ),
    (
        r"(?:erhalten|erhielten|folgende|anbei)(?: (?!meine\b)\w{1,20}){0,3} (?:beschwerde|abuse-?meldung)",
        "Wir erhielten die anliegende Beschwerde.",
        "Wir erhalten wieder eine Beschwerde.",
        "Folgende Beschwerde erreichte uns.",
        "Anbei eine Abuse-Meldung.",
    ),
    (
        r"(?:reçu|transmet\w{0,4})(?: (?!ma\b)\w{1,20}){0,3} plainte",
        "Nous avons reçu cette plainte.",
        "Nous vous transmettons une plainte.",
    ),
    (
        r"plainte (?:suivante|ci-jointe|reçue)",
        "la plainte ci-jointe",
        "la plainte suivante",
        "la plainte reçue hier",
    ),
    (
        r"(?:recibido|siguiente|reenv\w{1,5})(?: (?!mi\b)\w{1,20}){0,3} (?:queja|denuncia|reclamación)",
        "Hemos recibido esta queja.",
        "La siguiente denuncia nos llegó.",
        "Le reenviamos una reclamación.",
    ),
)
"""What a reporter says who passes somebody's complaint on; one of its own it sends itself."""
