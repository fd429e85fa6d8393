"""What stands at the end of what is sent to many at once."""

from parsers.wording import Wording

CIRCULARS = Wording(
    (
        r"you (?:are )?(?:get|got|receiv\w{1,3}) this (?:\w{1,12} )?(?:because|since|as) ",
        "You get this mail because you subscribed",
        "You got this because you asked for it",
        "You are receiving this since you signed up",
        "You received this message as a customer",
    ),
    (
        r"sie (?:erhalten|bekommen) diese [\w-]{1,16},? (?:weil|da|als)\b",
        "Sie erhalten diese Mail, weil Sie Kunde sind",
        "Sie bekommen diese E-Mail, da Sie sie bestellt haben",
        "Sie erhalten diese Mail als Kunde",
    ),
    (r"vous recevez ce", "Vous recevez ce message car"),
    (r"recib(?:es?|iste|ió) este", "Recibe este correo", "Recibiste este", "Usted recibió este"),
    (r"ricev(?:i|e|uto) questa", "Ricevi questa mail", "Lei riceve questa", "Hai ricevuto questa"),
    (
        r"(?:u|je) (?:ontvangt|krijgt) de",
        "U ontvangt deze mail",
        "U krijgt deze mail",
        "Je ontvangt deze mail",
    ),
    (r"вы получили это", "Вы получили это письмо"),
    (
        r"(?:unsubscribe|opt.?out|abmelde(?:n|link)|abbestellen|désabonn\w{1,4}|désinscri\w{1,6}|darse de baja"
        r"|отписаться|disiscri\w{1,6}|uitschrijven|avregistrera|afmeld\w{0,3}|配信停止|退订|수신거부)"
        r"[^\n]{0,60}https?://",
        "Unsubscribe: https://news.example/u",
        "To opt out go to https://news.example/u",
        "Abmelden: https://news.example/u",
        "Abmeldelink: https://news.example/u",
        "Abbestellen: https://news.example/u",
        "Se désabonner : https://news.example/u",
        "Désinscription : https://news.example/u",
        "Darse de baja: https://news.example/u",
        "Отписаться: https://news.example/u",
        "Disiscriversi: https://news.example/u",
        "Uitschrijven: https://news.example/u",
        "Avregistrera dig: https://news.example/u",
        "Afmeld: https://news.example/u",
        "配信停止 https://news.example/u",
        "退订 https://news.example/u",
        "수신거부 https://news.example/u",
    ),
)
"""Why its reader gets it, and how to get no more."""
