"""How mail programs head a message that they forward in the text: labels and marks, in their languages."""

from parsers.wording import Wording

LABELS: dict[str, tuple[str, ...]] = {
    "From": (
        "from",
        "von",  # German
        "de",  # French, Spanish, Portuguese
        "da",  # Italian
        "van",  # Dutch
        "od",  # Polish, Czech
        "från",  # Swedish
        "fra",  # Danish, Norwegian
        "lähettäjä",  # Finnish
        "от",  # Russian
        "от кого",
        "kimden",  # Turkish
        "gönderen",
        "de la",  # Romanian
        "feladó",  # Hungarian
        "από",  # Greek
        "від",  # Ukrainian
        "dari",  # Indonesian
        "từ",  # Vietnamese
        "מאת",  # Hebrew
        "من",  # Arabic
        "差出人",  # Japanese
        "送信者",
        "发件人",  # Chinese
        "寄件者",
        "寄件人",
        "보낸 사람",  # Korean
        "보낸사람",
    ),
    "To": (
        "to",
        "an",
        "à",
        "pour",
        "para",
        "a",
        "aan",
        "do",
        "komu",
        "till",
        "til",
        "vastaanottaja",
        "кому",
        "kime",
        "alıcı",
        "către",
        "címzett",
        "προς",
        "宛先",
        "收件人",
        "收件者",
        "받는 사람",
        "받는사람",
    ),
    "Date": (
        "date",
        "sent",
        "datum",  # German, Dutch, Swedish, Czech
        "gesendet",
        "envoyé",
        "fecha",
        "enviado",
        "enviado el",
        "data",  # Italian, Portuguese, Polish
        "inviato",
        "enviada em",
        "verzonden",
        "wysłano",
        "dato",
        "sendt",
        "skickat",
        "päivämäärä",
        "pvm",
        "lähetetty",
        "дата",
        "отправлено",
        "odesláno",
        "tarih",
        "gönderildi",
        "gönderme tarihi",
        "trimis",
        "elküldve",
        "küldve",
        "dátum",
        "στάλθηκε",
        "αποστολή",
        "ημερομηνία",
        "надіслано",
        "изпратено",  # Bulgarian
        "poslano",  # Croatian, Slovene
        "odoslané",  # Slovak
        "tanggal",
        "dikirim",
        "ngày",
        "đã gửi",
        "תאריך",
        "נשלח",
        "تاريخ",
        "التاريخ",
        "日付",
        "日時",
        "送信日時",
        "日期",
        "发送时间",
        "寄件日期",
        "날짜",
        "보낸 날짜",
    ),
    "Subject": (
        "subject",
        "betreff",
        "objet",
        "sujet",
        "asunto",
        "oggetto",
        "assunto",
        "onderwerp",
        "temat",
        "тема",
        "ämne",
        "emne",
        "aihe",
        "předmět",
        "konu",
        "subiect",
        "tárgy",
        "θέμα",
        "относно",
        "predmet",
        "zadeva",
        "subjek",
        "perihal",
        "chủ đề",
        "נושא",
        "الموضوع",
        "件名",
        "主题",
        "主旨",
        "제목",
    ),
}
"""Lower case. Each stands for one field in all languages, for programs mix them: Gmail translates some only."""

MARKS = Wording(
    (r"-{2,12} ?[^-\n]{3,60} ?-{2,12}\s{0,3}$", "---------- Forwarded message ---------"),  # most programs
    (r"_{20}", "________________________________"),  # Outlook on the web
    (r"begin forwarded message", "Begin forwarded message:"),  # Apple Mail, from here on
    (r"anfang der weitergeleiteten", "Anfang der weitergeleiteten Nachricht:"),
    (r"début du message", "Début du message transféré :", "Début du message réexpédié :"),
    (r"inicio del mensaje", "Inicio del mensaje reenviado:"),
    (r"inizio (?:del )?messaggio", "Inizio messaggio inoltrato:", "Inizio del messaggio inoltrato:"),
    (r"início da mensagem", "Início da mensagem encaminhada:"),
    (r"begin doorgestuurd", "Begin doorgestuurd bericht:"),
    (r"początek przekazywanej", "Początek przekazywanej wiadomości:"),
    (r"начало переадресованного", "Начало переадресованного сообщения:"),
    (r"vidarebefordrat", "Vidarebefordrat mejl:"),
    (r"(?:start på )?videresendt", "Videresendt melding:", "Start på videresendt besked:"),
    (r"välitetty viesti", "Välitetty viesti alkaa:"),
    (r"začátek přeposílané", "Začátek přeposílané zprávy:"),
    (r"iletilen ileti", "İletilen ileti başlangıcı:"),
    (r"începutul mesajului", "Începutul mesajului redirecționat:"),
    (r"továbbított levél", "Továbbított levél kezdete:"),
    (r"αρχή προωθημένου", "Αρχή προωθημένου μηνύματος:"),
    (r"початок листа", "Початок листа, що пересилається:"),
    (r"転送されたメッセージ", "転送されたメッセージ:"),
    (r"下面是被转发的邮件", "下面是被转发的邮件："),
    (r"以下是轉寄的", "以下是轉寄的電子郵件："),
    (r"전달된 메시지", "전달된 메시지:"),
    start=r"^\W{0,20}",
)
"""Where one of these stands above, the labels that follow need less beside them."""

MONTHS: tuple[tuple[str, ...], ...] = (
    ("jan", "ene", "gen", "sty", "янв", "tam", "led", "oca", "ian", "ιαν", "січ", "яну"),
    ("feb", "fév", "fev", "lut", "фев", "hel", "úno", "şub", "φεβ", "лют"),
    ("mar", "mär", "maa", "мар", "bře", "már", "μαρ", "бер"),
    ("apr", "avr", "abr", "kwi", "апр", "huh", "dub", "nis", "ápr", "απρ", "кві"),
    ("may", "mai", "maj", "mag", "mei", "май", "мая", "tou", "kvě", "máj", "μαΐ", "тра"),
    ("jun", "juin", "giu", "cze", "июн", "kes", "červen", "červn", "haz", "iun", "jún", "ιουν", "чер", "юни"),
    ("jul", "juil", "lug", "lip", "июл", "hei", "červenc", "tem", "iul", "júl", "ιουλ", "лип", "юли"),
    ("aug", "agu", "aoû", "ago", "sie", "авг", "elo", "srp", "ağu", "αυγ", "сер"),
    ("sep", "set", "wrz", "сен", "syy", "zář", "eyl", "sze", "σεπ", "вер", "сеп"),
    ("oct", "okt", "ott", "out", "paź", "окт", "lok", "říj", "eki", "οκτ", "жов"),
    ("nov", "lis", "ноя", "marras", "kas", "noi", "νοε", "лис", "ное"),
    ("dec", "dez", "déc", "dic", "des", "gru", "дек", "jou", "pro", "ara", "δεκ", "гру"),
)
"""How the names of the months begin, the first first, in all these languages; the longest that fits counts."""
