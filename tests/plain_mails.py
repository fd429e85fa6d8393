"""Mails that come to an abuse mailbox and complain of nothing, made from a table: each must be no report in prose."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Plain(NamedTuple):
    """What a mail says; its header may have more fields."""

    subject: str
    text: str
    header: str = ""


ADDRESSES = ("192.0.2.7", "198.51.100.9", "203.0.113.44", "2001:db8::7")
VERSIONS = ("1.2.3.4", "10.4.0.2", "3.0.12.7", "120.0.61.9")
DATES = ("2.11.2026", "2026-11-02", "02/11/2026 10:00:00", "Nov 2, 2026")
NEWSLETTER = "List-Unsubscribe: <https://news.example/u>\r\n"
ROBOT = "Auto-Submitted: auto-generated\r\n"

WITH_ADDRESS = (
    # questions, and requests for delisting
    Plain("Question", "Hello,\nwhat is my IP? I think it is {a}. Thanks."),
    Plain("Question", "Is {a} one of your addresses? I would like to add it to our SPF record."),
    Plain("IP blocked", "Our IP {a} is blocked by your servers. Please delist it. We do not send spam."),
    Plain(
        "Delisting request",
        "Dear postmaster, please remove our IP {a} from your blacklist. The spam has been stopped.",
    ),
    Plain("Mail rejected", "Our mails from {a} are rejected as spam: 550 5.7.1 blocked. Please check this."),
    Plain("Blocked", "My server {a} was hacked last week, it is clean now. Please unblock it."),
    Plain(
        "Hilfe",
        "Unser Server {a} steht auf Ihrer Sperrliste, obwohl wir keinen Spam senden. Bitte entsperren.",
    ),
    Plain(
        "Liste noire",
        "Notre serveur {a} est sur liste noire. Nous n'envoyons pas de spam, merci de le débloquer.",
    ),
    Plain("Lista negra", "Nuestro servidor {a} está en su lista negra por spam. Por favor, revisen."),
    Plain("Lista nera", "Il nostro server {a} è bloccato per spam, vi preghiamo di sbloccare l'indirizzo."),
    Plain("Разблокировка", "Наш сервер {a} попал в черный список за спам. Просим разблокировать."),
    Plain("Deblokkeren", "Onze server {a} staat op een zwarte lijst vanwege spam. Graag deblokkeren."),
    Plain("Odblokowanie", "Nasz serwer {a} jest na liście spamu. Proszę odblokować adres."),
    Plain("解除のお願い", "弊社のサーバー {a} が迷惑メールとしてブロックされました。解除をお願いします。"),
    Plain("解封", "我们的服务器 {a} 被误判为垃圾邮件，请解封。"),
    Plain("SPF", "Please tell us whether {a} may send for your domain; our SPF record lists it since {d}."),
    Plain("Reverse DNS", "Could you set the reverse name of {a} to mail.reporter.example, please?"),
    Plain("Firewall", "We moved our mail server to {a} on {d}. Please open port 25 for it."),
    Plain("How to report", "How can I report spam from {a}? Which form do I use?"),
    # answers to complaints, and what is settled
    Plain(
        "Re: Spam",
        "We have suspended the customer at {a} because of the spam. Thanks for the report.",
    ),
    Plain("Hello", "The spam that came from {a} was a hacked account. We get the point of your complaint."),
    Plain("AW: Angriffe", "Der Server {a} war gehackt und ist abgeschaltet. Der Kunde ist informiert."),
    Plain("Re: Abuse", "Le client de l'adresse {a} a été bloqué suite à votre plainte pour spam."),
    Plain(
        "Re: Denuncia", "Hemos suspendido al cliente de la IP {a} por el envío de spam. Gracias por avisar."
    ),
    Plain("Our case", "We closed the case about the brute force attack from {a}."),
    Plain(
        "Question about your report",
        "You sent us a report about spam from {a}. Please send us the full headers.",
    ),
    Plain("Resolved: DDoS attack on our DNS", "The attack on our name servers ({a}) has ended at 14:20 UTC."),
    Plain("Ticket 12: created", "Your ticket 'port scan from {a}' has been created. Please stop by."),
    Plain("Abuse Ticket erledigt", "Der Kunde hinter {a} hat die Schadsoftware entfernt."),
    Plain("SIEM Alert", "Alert: Brute force against VPN (source {a}). Status: mitigated."),
    Plain(
        "Your host is back online",
        "We re-enabled {a} after you removed the phishing page. Please check your CMS.",
    ),
    Plain("Suspension notice", "Your virtual server {a} was suspended because of outgoing DDoS attacks."),
    Plain("Mail problem", "Your server refuses our mail: 'blocked for spam, {a}'. Kindly look into it."),
    # what tells of abuse, and wants nothing of the desk
    Plain("Router log", "My router shows 'DoS attack: SYN flood from source {a}'. Is this dangerous?"),
    Plain("Frage", "Mein Virenscanner meldet einen Angriff von {a}. Muss ich mir Sorgen machen?"),
    Plain(
        "Insurance claim", "On 2 May hackers from {a} encrypted our files (ransomware). We claim 12,000 EUR."
    ),
    # what names guards against abuse
    Plain("Price list", "Abuse handling 50 EUR/h, IPv4 ({a}) 1 EUR/month, DDoS protection 20 EUR/month"),
    Plain("I hacked you", "I hacked your device through {a} and installed a trojan. Send 900 USD."),
    Plain("Notification about scanning", "Our scans from {a} are benign research, no attack."),
    Plain(
        "Our mail is in spam", "Since Monday our mails from mail.acme.example ({a}) go to junk at your users."
    ),
    Plain(
        "Angebot Spamschutz",
        "Wir bieten Ihnen SpamStop an, Testzugang unter {a}. Bitte prüfen Sie das Angebot.",
    ),
    Plain("Spamfilter", "Der Spamfilter sortiert Mails unseres Partners {a} aus. Bitte prüfen Sie das."),
    Plain("Protect your network from attacks", "Our SOC saw {a} today. Let us schedule a short call."),
    Plain("Pentest", "We will run a penetration test from {a} with port scans. Please do not block it."),
    Plain(
        "Bewerbung", "Ich habe Erfahrung mit Phishing und betreibe {a}. Anbei mein Lebenslauf. Bitte prüfen."
    ),
    Plain("New abuse contact", "This is our new abuse contact for {a}. Complaints about spam go to it."),
    Plain("Security bulletin", "A phishing campaign comes from {a}. We recommend to block it."),
    Plain(
        "Failed login attempts on your account",
        "There were 5 failed login attempts on your account from {a}.",
    ),
    # what shops and services send
    Plain(
        "Your order",
        "Thank you for your order of {d}. It was placed from IP {a}. Beware of phishing: we never ask for passwords.",
    ),
    Plain("Your invoice", "Invoice no. 4711 of {d}: server at {a}, 1 month, spam filter included: 9.99 EUR."),
    Plain("Ihre Rechnung", "Ihre Rechnung vom {d}: Server {a}, Spamfilter inklusive, 9,99 EUR."),
    Plain("Votre facture", "Facture du {d} : serveur {a}, antispam inclus, 9,99 EUR."),
    Plain("Su factura", "Factura del {d}: servidor {a}, filtro de spam incluido."),
    Plain(
        "Your server is ready", "Your server is ready.\nIP address: {a}\nDDoS protection: on\nSpam filter: on"
    ),
    Plain(
        "New sign-in",
        "A new sign-in to your account from {a} on {d}. If this was not you, please secure it. A hacker?",
    ),
    Plain(
        "Security alert",
        "We blocked an unauthorized login to your account from {a}. If this wasn't you, change your password.",
    ),
    Plain("Password changed", "The password of your account was changed from {a} on {d}."),
    Plain("Receipt", "Your receipt of {d}. Paid from IP {a}. Report fraud at once."),
    Plain("Anmeldung", "Neue Anmeldung von {a} am {d}. Waren Sie das?"),
    Plain("Subscription", "You confirmed your subscription from {a} on {d}. This is no spam."),
    # news, and what sellers send
    Plain(
        "Weekly news", "Attacks from {a} were seen worldwide, researchers say. Unsubscribe here.", NEWSLETTER
    ),
    Plain(
        "Threat report", "Top sources of brute-force attacks this week: {a}. Please take action.", NEWSLETTER
    ),
    Plain(
        "Newsletter",
        "In this newsletter: DDoS attacks by {a}. View in your browser. To unsubscribe, click here.",
    ),
    Plain("Sicherheit aktuell", "Angriffe von {a} nehmen zu. Hier abmelden."),
    Plain("Webinar", "Join our webinar on {d} about DDoS protection. Dial in at {a}."),
    Plain("Offer", "We protect your network against phishing. Our gateway {a} answers in 1 ms."),
    # programs
    Plain(
        "Cron <root@web1> run-parts /etc/cron.daily",
        "/etc/cron.daily/logrotate:\n{a} port scan attack from log: 10:00:00",
    ),
    Plain("Logwatch for web1 (Linux)", "Failed logins from:\n    {a}: 5 times\nInvalid user attack"),
    Plain(
        "[Fail2Ban] sshd: started on web1", "Hi, the jail sshd has been started on {a}. Attack protection."
    ),
    Plain("web1 status", "Backup of {a} finished on {d}.\nNo attack was seen.", ROBOT),
    Plain("Disk space", "Host {a} has 5 % left on /var since {d}."),
    Plain(
        "** PROBLEM Service Alert: web1/ssh is CRITICAL **",
        "Address: {a}\nAttack: none\nState: CRITICAL\nDate: {d} 10:00:00",
    ),
    Plain("Virus scan", "The scan of {a} ended on {d}: no virus was found.", ROBOT),
    Plain("Daily summary", "Host {a}: 5 spam mails quarantined.", ROBOT),
    # people
    Plain("Thank you", "Thanks, the server {a} works again since {d}."),
    Plain("Meeting", "Let us meet on {d}. The phone system is at {a}."),
    Plain("Migration", "On {d} we migrate from {a} to a new host."),
    Plain("Umzug", "Am {d} ziehen wir um, die neue IP ist {a}."),
)
"""Mails that name an address, the writer's own, a host's, or one in the news."""

WITHOUT_ADDRESS = (
    Plain(
        "Release notes",
        "Version {v} fixes an exploit that let hackers attack servers. Please update, take action now.",
    ),
    Plain("Update", "Please update to {v} because of an attack seen on {d}. It blocks spam."),
    Plain(
        "Invoice", "Software v{v}, licensed until {d}. Please take notice of section 3.1.4.2 on copyright."
    ),
    Plain("Rechnung", "Antivirus Version {v}, gültig bis {d}. Siehe Abschnitt 2.3.1.4 zum Urheberrecht."),
    Plain("Facture", "Antivirus version {v}, valable jusqu'au {d}. Voir article 2.3.1.4."),
    Plain("Firmware", "Firmware {v} of {d} closes a hole that a botnet attacks. Please check your router."),
    Plain("Spam filter", "Our release {v} stops more spam. Please look into the notes."),
    Plain(
        "Network",
        "Our network 192.168.1.10 with netmask 255.255.255.0 was attacked on {d}; please investigate. Build {v}.",
    ),
    Plain(
        "Attack",
        "An attack came from 10.0.0.5, 172.16.3.4 and 127.0.0.1. Please investigate. Client version: {v}.",
    ),
    Plain("Network", "Attacks came from 198.51.100.0/24, please stop them. Section {v} of our rules."),
    Plain(
        "Terms", "See chapter 4.3.2.1 and § 1.2.3.4 of our terms of {d} on fraud and spam. Please take note."
    ),
    Plain("Report", "The host mail-192.0.2.7.isp.example attacks us, please stop it. v {v}"),
    Plain("Spam", "I get so much spam. Please stop it. My program is of version {v}."),
    Plain("Chat", "Spam, spam, spam! Lunch on {d}?"),
)
"""Mails with numbers that are no public address."""


def make_plain_mails() -> Iterator[Plain]:
    """More than two hundred of them, always the same."""
    yield from fill_addresses(WITH_ADDRESS)
    for plain in WITHOUT_ADDRESS:
        for version, date in zip(VERSIONS, DATES, strict=True):
            yield _fill(plain, "", version, date)


def fill_addresses(mails: Iterable[Plain]) -> Iterator[Plain]:
    """Each with each address."""
    for plain in mails:
        for number, address in enumerate(ADDRESSES):
            yield _fill(plain, address, VERSIONS[number], DATES[number])


def _fill(plain: Plain, address: str, version: str, date: str) -> Plain:
    text = plain.text.replace("{a}", address).replace("{v}", version).replace("{d}", date)
    return plain._replace(text=text, subject=plain.subject.replace("{a}", address))
