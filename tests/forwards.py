"""How mail programs forward a message in the text, in many languages: the lines that they write above it."""

from typing import NamedTuple

SENDER = "win@tenant.example"
SUBJECT = "You have won"


class Forward(NamedTuple):
    """What a program writes above the message; the date is that of the time in it, or None where it cannot be known."""

    name: str
    lines: str
    date: str | None = "2026-11-02T10:00:00+00:00"


def _block(sender: str, date: str, to: str, subject: str, mark: str = "") -> str:
    return f"{mark}\n{sender} Win Big <{SENDER}>\n{date}\n{to} ann@reporter.example\n{subject} {SUBJECT}\n".lstrip()


GMAIL = "---------- Forwarded message ---------"
OUTLOOK = "-----Original Message-----"
LINE = "________________________________"

FORWARDS = (
    Forward("gmail en", _block("From:", "Date: Mon, Nov 2, 2026 at 10:00\u202fAM", "To:", "Subject:", GMAIL)),
    Forward("gmail de", _block("Von:", "Date: Mo., 2. Nov. 2026 um 10:00 Uhr", "To:", "Subject:", GMAIL)),
    Forward("gmail fr", _block("De :", "Date: lun. 2 nov. 2026 à 10:00", "To:", "Subject:", GMAIL)),
    Forward("gmail es", _block("De:", "Date: lun, 2 nov 2026 a las 10:00", "To:", "Subject:", GMAIL)),
    Forward("gmail it", _block("Da:", "Date: lun 2 nov 2026 alle ore 10:00", "To:", "Subject:", GMAIL)),
    Forward("gmail pt", _block("De:", "Date: seg., 2 de nov. de 2026 às 10:00", "To:", "Subject:", GMAIL)),
    Forward("gmail nl", _block("Van:", "Date: ma 2 nov 2026 om 10:00", "To:", "Subject:", GMAIL)),
    Forward("gmail pl", _block("Od:", "Date: pon., 2 lis 2026 o 10:00", "To:", "Subject:", GMAIL)),
    Forward("gmail ru", _block("От:", "Date: пн, 2 нояб. 2026 г. в 10:00", "To:", "Subject:", GMAIL)),
    Forward("gmail sv", _block("Från:", "Date: mån 2 nov. 2026 kl 10:00", "To:", "Subject:", GMAIL)),
    Forward("gmail tr", _block("Gönderen:", "Date: 2 Kas 2026 Pzt, 10:00", "To:", "Subject:", GMAIL)),
    Forward("gmail ro", _block("De la:", "Date: lun., 2 nov. 2026, 10:00", "Către:", "Subject:", GMAIL)),
    Forward("gmail el", _block("Από:", "Date: Δευ 2 Νοε 2026 στις 10:00 π.μ.", "Προς:", "Subject:", GMAIL)),
    Forward("gmail uk", _block("Від:", "Date: пн, 2 лист. 2026 р. о 10:00", "Кому:", "Subject:", GMAIL)),
    Forward("outlook ro", _block("De la:", "Trimis: luni, 2 noiembrie 2026 10:00", "Către:", "Subiect:")),
    Forward(
        "outlook hu", _block("Feladó:", "Elküldve: 2026. november 2., hétfő 10:00", "Címzett:", "Tárgy:")
    ),
    Forward("outlook hu, other", _block("Feladó:", "Küldve: 2026. november 2. 10:00", "Címzett:", "Tárgy:")),
    Forward("thunderbird hu", _block("Feladó:", "Dátum: 2026. nov. 2. 10:00", "Címzett:", "Tárgy:")),
    Forward("outlook el", _block("Από:", "Στάλθηκε: Δευτέρα, 2 Νοεμβρίου 2026 10:00 πμ", "Προς:", "Θέμα:")),
    Forward("outlook el, other", _block("Από:", "Αποστολή: 2 Νοεμβρίου 2026 10:00", "Προς:", "Θέμα:")),
    Forward("thunderbird el", _block("Από:", "Ημερομηνία: 2 Νοε 2026 10:00", "Προς:", "Θέμα:")),
    Forward(
        "evening el",
        _block("Από:", "Στάλθηκε: 2 Νοεμβρίου 2026 10:00 μ.μ.", "Προς:", "Θέμα:"),
        "2026-11-02T22:00:00+00:00",
    ),
    Forward("outlook uk", _block("Від:", "Надіслано: 2 листопада 2026 р. 10:00", "Кому:", "Тема:")),
    Forward("outlook bg", _block("От:", "Изпратено: 2 ноември 2026 г. 10:00", "До:", "Относно:")),
    Forward("outlook hr", _block("Od:", "Poslano: 2.11.2026. 10:00", "Za:", "Predmet:")),
    Forward("outlook sl", _block("Od:", "Poslano: 2. november 2026 10:00", "Za:", "Zadeva:")),
    Forward("outlook sk", _block("Od:", "Odoslané: pondelok 2. novembra 2026 10:00", "Komu:", "Predmet:")),
    Forward("gmail id", _block("Dari:", "Date: Sen, 2 Nov 2026 pukul 10.00", "To:", "Subject:", GMAIL)),
    Forward("gmail vi", _block("Từ:", "Date: Th 2, 2 thg 11, 2026", "To:", "Subject:", GMAIL), None),
    Forward("gmail he", _block("‏מאת:", "‪Date: יום ב׳, 2 בנוב׳ 2026", "To:", "Subject:", GMAIL), None),
    Forward("gmail ar", _block("من:", "Date: الاثنين، 2 نوفمبر 2026", "To:", "Subject:", GMAIL), None),
    Forward("outlook id", _block("Dari:", "Dikirim: Senin, 02 November 2026 10:00", "Kepada:", "Perihal:")),
    Forward("thunderbird id", _block("Dari:", "Tanggal: Mon, 2 Nov 2026 10:00:00 +0000", "To:", "Subjek:")),
    Forward("outlook vi", _block("Từ:", "Đã gửi: 02 November 2026 10:00", "Đến:", "Chủ đề:")),
    Forward("thunderbird vi", _block("Từ:", "Ngày: Mon, 2 Nov 2026 10:00:00 +0000", "Tới:", "Chủ đề:")),
    Forward("outlook he", _block("מאת:", "נשלח: 02 November 2026 10:00", "אל:", "נושא:")),
    Forward("thunderbird he", _block("מאת:", "תאריך: Mon, 2 Nov 2026 10:00:00 +0000", "אל:", "נושא:")),
    Forward("outlook ar", _block("من:", "تاريخ: 02 November 2026 10:00", "إلى:", "الموضوع:")),
    Forward("thunderbird ar", _block("من:", "التاريخ: Mon, 2 Nov 2026 10:00:00 +0000", "إلى:", "الموضوع:")),
    Forward("gmail ja", _block("From:", "Date: 2026年11月2日(月) 10:00", "To:", "Subject:", GMAIL)),
    Forward("gmail zh", _block("发件人:", "Date: 2026年11月2日周一 上午10:00", "To:", "Subject:", GMAIL)),
    Forward(
        "gmail ko",
        _block("보낸사람:", "Date: 2026년 11월 2일 (월) 오전 10:00", "받는사람:", "Subject:", GMAIL),
    ),
    Forward(
        "outlook en", _block("From:", "Sent: Monday, November 2, 2026 10:00 AM", "To:", "Subject:", OUTLOOK)
    ),
    Forward(
        "outlook, no line", _block("From:", "Sent: Monday, 2 November 2026 10:00", "To:", "Subject:", "Spam!")
    ),
    Forward("outlook web", _block("From:", "Sent: Monday, November 2, 2026 10:00", "To:", "Subject:", LINE)),
    Forward("outlook bold", _block("*From:*", "*Sent:* 02 November 2026 10:00", "*To:*", "*Subject:*")),
    Forward(
        "outlook mailto",
        f"{OUTLOOK}\nFrom: Win Big [mailto:{SENDER}]\nSent: 2 November 2026 10:00\nTo: Ann\nSubject: {SUBJECT}\n",
    ),
    Forward("outlook de", _block("Von:", "Gesendet: Montag, 2. November 2026 10:00", "An:", "Betreff:")),
    Forward("outlook fr", _block("De :", "Envoyé : lundi 2 novembre 2026 10:00", "À :", "Objet :")),
    Forward(
        "outlook es", _block("De:", "Enviado el: lunes, 2 de noviembre de 2026 10:00", "Para:", "Asunto:")
    ),
    Forward(
        "outlook web es", _block("De:", "Enviado: lunes, 2 de noviembre de 2026 10:00", "Para:", "Asunto:")
    ),
    Forward("outlook it", _block("Da:", "Inviato: lunedì 2 novembre 2026 10:00", "A:", "Oggetto:")),
    Forward(
        "outlook pt",
        _block("De:", "Enviada em: segunda-feira, 2 de novembro de 2026 10:00", "Para:", "Assunto:"),
    ),
    Forward("outlook nl", _block("Van:", "Verzonden: maandag 2 november 2026 10:00", "Aan:", "Onderwerp:")),
    Forward("outlook pl", _block("Od:", "Wysłano: poniedziałek, 2 listopada 2026 10:00", "Do:", "Temat:")),
    Forward("outlook ru", _block("От:", "Отправлено: 2 ноября 2026 г. 10:00", "Кому:", "Тема:")),
    Forward("outlook sv", _block("Från:", "Skickat: den 2 november 2026 10:00", "Till:", "Ämne:")),
    Forward("outlook da", _block("Fra:", "Sendt: 2. november 2026 10:00", "Til:", "Emne:")),
    Forward(
        "outlook fi", _block("Lähettäjä:", "Lähetetty: 2. marraskuuta 2026 10:00", "Vastaanottaja:", "Aihe:")
    ),
    Forward("outlook cs", _block("Od:", "Odesláno: pondělí 2. listopadu 2026 10:00", "Komu:", "Předmět:")),
    Forward("outlook tr", _block("Kimden:", "Gönderildi: 2 Kasım 2026 Pazartesi 10:00", "Kime:", "Konu:")),
    Forward("outlook ja", _block("差出人:", "送信日時: 2026年11月2日 10:00", "宛先:", "件名:")),
    Forward("outlook zh", _block("发件人:", "发送时间: 2026年11月2日 10:00", "收件人:", "主题:")),
    Forward("outlook zh-tw", _block("寄件者:", "寄件日期: 2026年11月2日 上午 10:00", "收件者:", "主旨:")),
    Forward(
        "outlook ko",
        _block("보낸 사람:", "보낸 날짜: 2026년 11월 2일 월요일 오전 10:00", "받는 사람:", "제목:"),
    ),
    Forward(
        "apple en",
        f"Begin forwarded message:\n\nFrom: Win Big <{SENDER}>\nSubject: {SUBJECT}\n"
        "Date: 2 November 2026 at 10:00:00 GMT\nTo: ann@reporter.example\n",
    ),
    Forward(
        "ios en",
        f"Begin forwarded message:\n\n> From: Win Big <{SENDER}>\n> Date: November 2, 2026 at 11:00:00 GMT+1\n"
        f"> To: ann@reporter.example\n> Subject: {SUBJECT}\n> \n> Hello\n",
    ),
    Forward(
        "apple de",
        f"Anfang der weitergeleiteten Nachricht:\n\nVon: Win Big <{SENDER}>\nBetreff: {SUBJECT}\n"
        "Datum: 2. November 2026 um 11:00:00 MEZ\nAn: ann@reporter.example\n",
    ),
    Forward(
        "apple fr",
        f"Début du message transféré :\n\nDe: Win Big <{SENDER}>\nObjet: {SUBJECT}\n"
        "Date: 2 novembre 2026 à 11:00:00 UTC+1\nÀ: ann@reporter.example\n",
    ),
    Forward("apple es", _block("De:", "Fecha: 2 de noviembre de 2026, 10:00:00 UTC", "Para:", "Asunto:")),
    Forward("apple it", _block("Da:", "Data: 2 novembre 2026 alle ore 11:00:00 CET", "A:", "Oggetto:")),
    Forward("apple da", _block("Fra:", "Dato: 2. november 2026 kl. 11.00.00 CET", "Til:", "Emne:")),
    Forward("apple ja", _block("差出人:", "日付: 2026年11月2日 10:00:00 GMT", "宛先:", "件名:")),
    Forward("apple ru", _block("От кого:", "Дата: 2 ноября 2026 г. в 10:00:00 GMT", "Кому:", "Тема:")),
    Forward("apple zh", _block("发件人：", "日期：2026年11月2日 10:00:00", "收件人：", "主题：")),
    Forward(
        "apple fi",
        _block("Lähettäjä:", "Päivämäärä: 2. marraskuuta 2026 klo 10.00", "Vastaanottaja:", "Aihe:"),
    ),
    Forward("apple tr", _block("Kimden:", "Tarih: 2 Kasım 2026 10:00:00 GMT", "Kime:", "Konu:")),
    Forward("apple ko", _block("보낸 사람:", "날짜: 2026년 11월 2일 오전 10:00", "받는 사람:", "제목:")),
    Forward(
        "thunderbird en",
        "-------- Forwarded Message --------\n"
        f"Subject: \t{SUBJECT}\nDate: \tMon, 2 Nov 2026 11:00:00 +0100\nFrom: \tWin Big <{SENDER}>\n"
        "To: \tann@reporter.example\n",
    ),
    Forward(
        "thunderbird de",
        "-------- Weitergeleitete Nachricht --------\n"
        f"Betreff: \t{SUBJECT}\nDatum: \tMon, 2 Nov 2026 11:00:00 +0100\nVon: \tWin Big <{SENDER}>\n"
        "An: \tann@reporter.example\n",
    ),
    Forward("thunderbird fr", _block("De :", "Date : Mon, 2 Nov 2026 10:00:00 +0000", "Pour :", "Sujet :")),
    Forward(
        "thunderbird fi",
        _block("Lähettäjä:", "Pvm: Mon, 2 Nov 2026 10:00:00 +0000", "Vastaanottaja:", "Aihe:"),
    ),
    Forward("thunderbird ja", _block("送信者:", "日時: Mon, 2 Nov 2026 10:00:00 +0000", "宛先:", "件名:")),
    Forward("yahoo tr", _block("Kimden:", "Gönderme tarihi: 2 Kasım 2026 10:00", "Alıcı:", "Konu:")),
    Forward("zh mail", _block("寄件人:", "日期: 2026年11月2日 10:00", "收件人:", "主题:")),
    Forward(
        "yahoo",
        _block(
            "From:",
            "Sent: Monday 2 November 2026 at 10:00:00 GMT",
            "To:",
            "Subject:",
            "----- Forwarded Message -----",
        ),
    ),
    Forward(
        "proton",
        "------- Forwarded Message -------\n"
        f"From: Win Big <{SENDER}>\nDate: On Monday, November 2nd, 2026 at 10:00 AM\n"
        f"Subject: {SUBJECT}\nTo: ann@reporter.example\n",
    ),
    Forward("day unknown", _block("From:", "Sent: 02/11/2026 10:00", "To:", "Subject:", OUTLOOK), None),
    Forward(
        "day over twelve",
        _block("From:", "Sent: 13/11/2026 10:00", "To:", "Subject:"),
        "2026-11-13T10:00:00+00:00",
    ),
    Forward(
        "month first",
        _block("From:", "Sent: 11/13/2026 10:00 PM", "To:", "Subject:"),
        "2026-11-13T22:00:00+00:00",
    ),
    Forward("dotted", _block("Von:", "Gesendet: 02.11.2026 10:00", "An:", "Betreff:")),
    Forward(
        "evening",
        _block("寄件者:", "日期: 2026年11月2日 下午10:00", "收件者:", "主旨:"),
        "2026-11-02T22:00:00+00:00",
    ),
    Forward("no day", _block("From:", "Sent: Monday", "To:", "Subject:", OUTLOOK), None),
)

REPLIES = (
    "On Mon, 2 Nov 2026 at 10:00, Win Big <win@tenant.example> wrote:\n> You have won\n",
    "Am 2.11.2026 um 10:00 schrieb Win Big:\n> Betreff: nichts\n",
    "From here: a list\nDate: soon\nSubject: to change\n",
    "Von: Berlin\nNach: Hamburg\nDatum: 2.11.2026\n",
)
"""What stands in mail and is no forward."""

MONTHS = (
    (
        "January",
        "ianuarie",
        "Ιανουαρίου",
        "січня",
        "януари",
        "enero",
        "gennaio",
        "stycznia",
        "января",
        "tammikuuta",
        "ledna",
        "Ocak",
    ),
    (
        "February",
        "Φεβρουαρίου",
        "лютого",
        "février",
        "fevereiro",
        "lutego",
        "февраля",
        "helmikuuta",
        "února",
        "Şubat",
    ),
    ("March", "március", "Μαρτίου", "березня", "März", "maaliskuuta", "marzo", "марта", "března", "mars"),
    (
        "April",
        "április",
        "Απριλίου",
        "квітня",
        "avril",
        "abril",
        "kwietnia",
        "апреля",
        "huhtikuuta",
        "dubna",
        "Nisan",
    ),
    ("May", "május", "Μαΐου", "травня", "mai", "maja", "maggio", "mei", "май", "мая", "toukokuuta", "května"),
    (
        "June",
        "iunie",
        "június",
        "Ιουνίου",
        "червня",
        "юни",
        "juin",
        "giugno",
        "czerwca",
        "июня",
        "kesäkuuta",
        "červen",
        "června",
        "Haziran",
    ),
    (
        "July",
        "iulie",
        "július",
        "Ιουλίου",
        "липня",
        "юли",
        "juillet",
        "luglio",
        "lipca",
        "июля",
        "heinäkuuta",
        "července",
        "Temmuz",
    ),
    (
        "August",
        "Agustus",
        "Αυγούστου",
        "серпня",
        "août",
        "agosto",
        "sierpnia",
        "августа",
        "elokuuta",
        "srpna",
        "Ağustos",
    ),
    (
        "September",
        "szeptember",
        "Σεπτεμβρίου",
        "вересня",
        "септември",
        "settembre",
        "września",
        "сентября",
        "syyskuuta",
        "září",
        "Eylül",
    ),
    (
        "October",
        "Οκτωβρίου",
        "жовтня",
        "Oktober",
        "ottobre",
        "outubro",
        "października",
        "октября",
        "lokakuuta",
        "října",
        "Ekim",
    ),
    (
        "November",
        "noiembrie",
        "Νοεμβρίου",
        "листопада",
        "ноември",
        "listopada",
        "ноября",
        "marraskuuta",
        "Kasım",
    ),
    (
        "December",
        "Δεκεμβρίου",
        "грудня",
        "Dezember",
        "décembre",
        "dicembre",
        "desember",
        "grudnia",
        "декабря",
        "joulukuuta",
        "prosince",
        "Aralık",
    ),
)
"""As programs write them behind the day."""
