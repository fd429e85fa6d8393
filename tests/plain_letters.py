"""More mails that complain of nothing: offers, surveys, questions, answers with what they answer, attacks on us."""

from plain_mails import Plain

OFFERS = (
    Plain(
        "Reduce your abuse by 40%",
        "Are you tired of phishing and spam from your network? We track hosts like {a}. Our customers reduced the"
        " number of complaints within a month. Time for a demo?",
    ),
    Plain(
        "Survey on abuse handling",
        "I am a PhD student. How do you verify attacks coming from your network? Your address is in the entry of {a}.",
    ),
    Plain(
        "Neue Phishing-Welle",
        "Die Seiten liegen auf {a}.\n\nSie erhalten diese Mail, weil Sie sie bestellt haben.",
    ),
    Plain(
        "Brute-force of the week",
        "Most attempts came from {a}.\n\nOpt out: https://news.example/u",
    ),
    Plain("Защитите сеть от атак", "В вашей сети атаки с адресов, таких как {a}. Наше решение поможет."),
    Plain("Workshop: Phishing & DDoS", "Anhand der Angriffe von {a} üben Sie die Analyse. Gebühr 890 EUR."),
    Plain("Presseanfrage: Angriffe", "Stimmt es, dass Sie von {a} aus angegriffen wurden? Die Redaktion."),
    Plain("Partnership", "We record spam from many hosts, such as {a}. Would you like to get our reports?"),
    Plain(
        "Your weekly report", "Top attackers: {a} (ssh brute force).\n\nManage notifications in the console."
    ),
    Plain(
        "Policy update: DNS abuse", "Act on phishing within 24 hours. Our API moves to another host from {a}."
    ),
)
QUESTIONS = (
    Plain(
        "Spam von meinem Konto?",
        "Ein Freund bekam Spam von mir. Letzter Zugriff: {a}, das ist mein Anschluss.",
    ),
    Plain("Spam from {a}?", "I see this in my log-in history. It says that it is my telephone."),
    Plain("Plugin meldet Angriffe", "Jemand von {a} versucht sich anzumelden. Muss ich mir Sorgen machen?"),
    Plain("Attaques", "Mon module signale des attaques de {a}. Que devons-nous faire ?"),
    Plain("Ataques", "Veo ataques desde {a} en el registro. ¿Debo cambiar la clave?"),
    Plain("Ataki", "Widzę ataki z {a}. Czy mam zmienić hasło?"),
    Plain("High number of failed logins on mail2", "Host: mail2 ({a})\nSeverity: Warning"),
    Plain("New abuse contact", "Complaints about attacks from gateway {a} shall be sent to noc@isp.example."),
    Plain("Freigabe", "Unsere Proben kommen von {a} und werden als Portscan geblockt. Bitte freigeben."),
    Plain("Counter notice", "Your notice about a copyright of Big Film on {a}: please reinstate the page."),
)
VICTIMS = (
    Plain(
        "Attack detected on your IP {a}",
        "We have just detected an attack on your IP address {a}, and filter it.",
    ),
    Plain(
        "DDoS auf {a}",
        "Der Host {a} in Ihrem Netz wird derzeit angegriffen. Bitte informieren Sie Ihren Kunden.",
    ),
    Plain(
        "DDoS attack", "There is a DDoS attack against your customer {a}. We blackholed it. Please tell us."
    ),
    Plain("Angriff", "Ein Angriff auf Ihre IP-Adresse {a} läuft. Bitte prüfen."),
    Plain("Attaque", "Une attaque sur votre serveur {a} est en cours. Merci de prendre des mesures."),
    Plain("DDoS", "{a} is under attack since 14:00 UTC. Please take action."),
)
ANSWERS = (
    Plain(
        "AW: Spam von Ihrem Server {a}",
        "Wir haben uns gekümmert.\n\n-----Ursprüngliche Nachricht-----\nVon: Abuse <junk@provider.example>\n"
        "Gesendet: Montag, 2. November 2026 09:14\nAn: bob@tenant.example\nBetreff: Spam von Ihrem Server {a}\n\n"
        "Von Ihrem Server {a} kommt Spam. Bitte unternehmen Sie etwas.\n",
    ),
    Plain(
        "RE: Brute force from {a}",
        "Done.\n\nFrom: Abuse <junk@provider.example>\nSent: Monday, November 2, 2026 9:14 AM\n"
        "To: bob@tenant.example\nSubject: Brute force from {a}\n\nYour server {a} attacks others. Please stop it.\n",
    ),
    Plain(
        "Re: Spam from your server",
        "ok\n\nOn Mon, 2 Nov 2026 at 09:14, Abuse <junk@provider.example> wrote:\n\n"
        "your server {a} sends spam. Please stop it.\n",
    ),
    Plain("Unsere Antwort auf Ihre Abuse-Meldung", "Zu Ihrer Meldung über Spam von {a}: er wurde gesperrt."),
)
LETTERS = (*OFFERS, *QUESTIONS, *VICTIMS, *ANSWERS)
