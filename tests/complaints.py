"""Complaints in prose, as people and programs write them to an abuse desk, in several languages and forms."""

from typing import NamedTuple

OFFENDER = "192.0.2.7"


class Complaint(NamedTuple):
    """What is said, and the kind and the addresses, best first, that must be read."""

    subject: str
    text: str
    kind: str | None = None
    addresses: tuple[str, ...] = (OFFENDER,)


OWN = "198.51.100.9"
LOG = "Nov  2 10:00:0{n} web1 sshd[4711]: Failed password for root from 192.0.2.7 port 4022{n} ssh2\n"

COMPLAINTS = (
    # English
    Complaint("SSH probe", "your box 192.0.2.7 is probing our ssh ports, pls check"),
    Complaint("Malicious traffic", "192.0.2.7 sends us malicious traffic (Log4j). Could you check that box?"),
    Complaint("Signalement", "Votre client 192.0.2.7 scanne nos ports depuis ce matin."),
    Complaint("Denúncia", "O IP 192.0.2.7 envia phishing do Banco X. Solicitamos a remoção.", "fraud"),
    Complaint(
        "Abuse from 192.0.2.7",
        "We have detected abuse from the IP address 192.0.2.7, which is on your network. We would appreciate if you"
        " would investigate.\n\n2026-11-02 10:00:00,123 fail2ban.actions: NOTICE [sshd] Ban 192.0.2.7",
    ),
    Complaint("stop it", "your server 192.0.2.7 sends me viagra spam every day!!! stop it!!!", "abuse"),
    Complaint(
        "Réclamation",
        "L'utilisateur de l'adresse 192.0.2.7 m'envoie des courriers indésirables tous les jours.",
        "abuse",
    ),
    Complaint("Hello", "We keep getting spam from 192.0.2.7.", "abuse"),
    Complaint("Spam", "Your customer at 192.0.2.7 is sending us spam every day. Please stop it.", "abuse"),
    Complaint("Spam from 192.0.2.7", "Please make it stop.", "abuse"),
    Complaint(
        "Unsolicited mail", "I never asked for the unsolicited e-mail that comes from 192.0.2.7.", "abuse"
    ),
    Complaint("junk", "The junk mail came from your network, 192.0.2.7.", "abuse"),
    Complaint(
        "Phishing site",
        "A phishing page is hosted at hxxp://192[.]0[.]2[.]7/login. Please take it down.",
        "fraud",
    ),
    Complaint("scam", "There is a scam shop on 192.0.2.7, please remove it.", "fraud"),
    Complaint("Malware", "The host 192.0.2.7 distributes malware. Please investigate.", "virus"),
    Complaint(
        "ransomware download", "http://192.0.2.7/x.exe is ransomware, please suspend the customer.", "virus"
    ),
    Complaint("Port scan", "IP 192.0.2.7 has been port scanning us since yesterday."),
    Complaint("hi", "IP 192.0.2.7 has been port scanning us since yesterday."),
    Complaint(
        "Brute force",
        "We see brute-force attempts from 192.0.2.7 against our mail server 198.51.100.9.",
        None,
        (OFFENDER, OWN),
    ),
    Complaint("DDoS", "A DDoS attack on our site comes from 192.0.2.7. Please act."),
    Complaint("hacking attempt", "Somebody at 192.0.2.7 tries to hack my web shop. Please look into this."),
    Complaint("SQL injection", "We saw SQL injection attempts from your IP 192.0.2.7."),
    Complaint(
        "Copyright infringement", "The address 192.0.2.7 shared our film. Please take appropriate measures."
    ),
    Complaint(
        "DMCA notice", "Infringing work was offered by IP address 192.0.2.7 at 10:00. Cease and desist."
    ),
    Complaint("Botnet", "Your server 192.0.2.7 is part of a botnet, please clean it."),
    Complaint("C2", "192.0.2.7:8443 is the C2 of a botnet. We ask you to take action.", None),
    Complaint(
        "abuse",
        "Attacks by 192.0.2.7, 192.0.2.8 and 192.0.2.9 on our firewall. Please stop them.",
        None,
        (OFFENDER, "192.0.2.8", "192.0.2.9"),
    ),
    Complaint(
        "Abuse from 192.0.2.7",
        f"We have detected abuse from the IP address 192.0.2.7.\n\n{LOG.format(n=1)}{LOG.format(n=2)}",
    ),
    Complaint(
        "[Fail2Ban] sshd: banned 192.0.2.7 from web1",
        "Hi,\n\nThe IP 192.0.2.7 has just been banned by Fail2Ban after 5 attempts against sshd.\n\nRegards,\nFail2Ban",
    ),
    Complaint(
        "attack",
        f"See the log:\n{LOG.format(n=1)}{LOG.format(n=2)}Please stop this. Our server is 198.51.100.9.",
        None,
        (OFFENDER, OWN),
    ),
    Complaint(
        "Firewall log",
        "Attack:\nNov  2 10:00:00 fw kernel: DROP IN=eth0 SRC=192.0.2.7 DST=198.51.100.9 PROTO=TCP DPT=22\n"
        "Please check this host.",
        None,
        (OFFENDER, OWN),
    ),
    Complaint(
        "scan", "10:00:00 192.0.2.7:4444 -> 198.51.100.9:22 port scan, please block it", None, (OFFENDER, OWN)
    ),
    Complaint(
        "Attack report",
        "Source IP: 192.0.2.7\nTarget IP: 198.51.100.9\nType: brute force\nPlease handle this.",
        None,
        (OFFENDER, OWN),
    ),
    Complaint(
        "Attackers", "These attack us, please act:\n\n192.0.2.7\n192.0.2.8\n", None, (OFFENDER, "192.0.2.8")
    ),
    Complaint(
        "Intrusion",
        "| attacker | port |\n|---|---|\n| 192.0.2.7 | 22 |\nintrusion attempts, please investigate",
    ),
    Complaint("spam", "The spam came from 2001:db8::7. Please stop it.", "abuse", ("2001:db8::7",)),
    Complaint("spam", "The spam came from [2001:db8::7]:25. Please stop it.", "abuse", ("2001:db8::7",)),
    Complaint("spam", "The spam came from 2001[:]db8[:][:]7. Please stop it.", "abuse", ("2001:db8::7",)),
    Complaint("spam", "The spam came from 192(.)0(.)2(.)7. Please stop it.", "abuse"),
    Complaint("spam", "The spam came from 192{dot}0{dot}2{dot}7. Please stop it.", "abuse"),
    Complaint("spam", "The spam came from 192[dot]0[dot]2[dot]7. Please stop it.", "abuse"),
    Complaint("spam", "The spam came from 192 [.] 0 [.] 2 [.] 7. Please stop it.", "abuse"),
    Complaint("spam", "The spam came from 1[.]2[.]3[.]4. Please stop it.", "abuse", ("1.2.3.4",)),
    Complaint("spam", "The spam came from 1.2.3.4. Please stop it.", "abuse", ("1.2.3.4",)),
    Complaint("spam", "The spam came from (192.0.2.7/32). Please stop it.", "abuse"),
    Complaint(
        "spam",
        "My IP is 198.51.100.9. The spam came from 192.0.2.7. Please stop it.",
        "abuse",
        (OFFENDER, OWN),
    ),
    Complaint(
        "spam",
        "198.51.100.9 (our mail server) got spam from 192.0.2.7. Please stop it.",
        "abuse",
        (OFFENDER, OWN),
    ),
    Complaint(
        "attack",
        "From 192.0.2.7 to 198.51.100.9: attacks all night. Please stop them.",
        None,
        (OFFENDER, OWN),
    ),
    Complaint(
        "attack",
        "198.51.100.77 is where I write from. 192.0.2.7 attacks us, please act.",
        None,
        (OFFENDER, "198.51.100.77"),
    ),
    Complaint(
        "spam",
        "We run Postfix version 3.7.11.1 and 10.0.0.1 is inside. The spam came from 192.0.2.7, netmask 255.255.255.0. "
        "Please stop it.",
        "abuse",
    ),
    Complaint(
        "Phishing",
        "A phishing mail with a fake invoice came from your server 192.0.2.7. Please stop it.",
        "fraud",
    ),
    Complaint(
        "Phishing for your account",
        "A phishing page for your account at our bank is on 192.0.2.7. Please remove it.",
        "fraud",
    ),
    # German
    Complaint("Spam", "Ihr Kunde mit der IP 192.0.2.7 verschickt Spam.", "abuse"),
    Complaint("Beschwerde", "Von 192.0.2.7 erhalten wir unerwünschte Werbung. Bitte abstellen.", "abuse"),
    Complaint(
        "Angriff",
        "Unser Server 198.51.100.9 wird von 192.0.2.7 angegriffen. Bitte unternehmen Sie etwas.",
        None,
        (OFFENDER, OWN),
    ),
    Complaint("Phishing", "Auf 192.0.2.7 liegt eine Phishing-Seite, bitte sperren.", "fraud"),
    Complaint("Schadsoftware", "Der Server 192.0.2.7 verteilt Schadsoftware. Bitte prüfen.", "virus"),
    Complaint("Portscan", "Portscan von 192.0.2.7 aus Ihrem Netz, bitte stellen Sie das ab."),
    # French
    Complaint("Spam", "Votre client 192.0.2.7 nous envoie du spam. Merci de faire le nécessaire.", "abuse"),
    Complaint(
        "Plainte",
        "Nous recevons des courriers indésirables depuis 192.0.2.7. Veuillez bloquer ce client.",
        "abuse",
    ),
    Complaint(
        "Attaque",
        "L'adresse 192.0.2.7 attaque notre serveur 198.51.100.9. Veuillez arrêter cela.",
        None,
        (OFFENDER, OWN),
    ),
    Complaint(
        "Hameçonnage", "Une page d'hameçonnage se trouve sur 192.0.2.7. Veuillez supprimer la page.", "fraud"
    ),
    # Spanish
    Complaint(
        "Correo no deseado",
        "Recibimos correo no deseado desde la IP 192.0.2.7. Por favor, bloqueen.",
        "abuse",
    ),
    Complaint("Ataque", "Sufrimos un ataque de fuerza bruta desde 192.0.2.7. Por favor investiguen."),
    # Italian
    Complaint(
        "Attacco", "Un attacco proviene da 192.0.2.7 contro il nostro server. Vi prego di intervenire."
    ),
    Complaint("Spam", "Riceviamo spam da 192.0.2.7. Si prega di verificare.", "abuse"),
    # Portuguese
    Complaint(
        "Ataque",
        "O IP 192.0.2.7 está atacando o nosso servidor 198.51.100.9. Por favor, verifiquem.",
        None,
        (OFFENDER, OWN),
    ),
    Complaint("Spam", "Recebemos spam de 192.0.2.7. Por favor, parem.", "abuse"),
    # Dutch
    Complaint("Spam", "Wij ontvangen ongewenste mail van 192.0.2.7. Gelieve dit te stoppen.", "abuse"),
    Complaint("Aanval", "Een aanval komt van 192.0.2.7 op onze server. Graag actie."),
    # Polish
    Complaint("Spam", "Otrzymuję spam z 192.0.2.7. Proszę o reakcję.", "abuse"),
    Complaint(
        "Atak",
        "Atak z adresu 192.0.2.7 na nasz serwer 198.51.100.9. Prosimy o zablokowanie.",
        None,
        (OFFENDER, OWN),
    ),
    # Russian
    Complaint("Спам", "С адреса 192.0.2.7 рассылает спам ваш клиент. Прошу принять меры.", "abuse"),
    Complaint("Атака", "Сетевая атака с адреса 192.0.2.7. Просим остановить."),
    # Scandinavian
    Complaint("Skräppost", "Jag får skräppost från 192.0.2.7. Vänligen stoppa detta.", "abuse"),
    Complaint("Angreb", "Et hackerangreb kommer fra 192.0.2.7. Venligst stop dette."),
    Complaint("Søppelpost", "Vi får søppelpost fra 192.0.2.7. Vennligst stans dette.", "abuse"),
    # Czech, Finnish, Turkish
    Complaint("Útok", "Útok na náš server z 192.0.2.7. Prosíme prověřte."),
    Complaint("Roskaposti", "Saamme roskapostia osoitteesta 192.0.2.7. Pyydämme estämään sen.", "abuse"),
    Complaint("Saldırı", "192.0.2.7 adresinden saldırı geliyor. Lütfen durdurun."),
    # Japanese, Chinese, Korean
    Complaint("不正アクセス", "御社の 192.0.2.7 から不正アクセスがあります。対処をお願いします。"),
    Complaint("迷惑メール", "迷惑メールが 192.0.2.7 から届きました。停止してください。", "abuse"),
    Complaint("攻击", "贵公司的服务器 192.0.2.7 正在攻击我们。请尽快处理。"),
    Complaint("垃圾邮件", "我收到来自 192.0.2.7 的垃圾邮件。请停止。", "abuse"),
    Complaint("공격", "귀사의 192.0.2.7 에서 공격이 있습니다. 조치해 주세요."),
)
