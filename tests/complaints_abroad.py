"""Complaints in prose of other voices and languages, and about more than mail."""

from complaints import OFFENDER, OWN, Complaint

COMPLAINTS_ABROAD = (
    Complaint(
        "Betörési kísérlet", "A 192.0.2.7 IP címről próbálnak betörni a szerverünkre. Kérjük, intézkedjenek."
    ),
    Complaint("Sesizare", "Primim atacuri de la adresa IP 192.0.2.7. Vă rugăm să luați măsuri."),
    Complaint("Napad", "S adrese 192.0.2.7 traje napad na naš poslužitelj. Molimo da ga zaustavite."),
    Complaint("Επίθεση", "Δεχόμαστε επιθέσεις από 192.0.2.7. Παρακαλούμε λάβετε μέτρα."),
    Complaint("Скарга", "З адреси 192.0.2.7 йде підбір паролів. Просимо вжити заходів."),
    Complaint(
        "Misbruk fra deres nett",
        "IP-adressen 192.0.2.7 prøver gjettede passord hos oss. Kan dere stoppe dette?",
    ),
    Complaint("Inbraak", "Vanaf 192.0.2.7 is er een inbraakpoging. Graag onderzoeken."),
    Complaint("Invasão", "Solicitamos que verifiquem o IP 192.0.2.7: tentativa de invasão."),
    Complaint(
        "Mise en demeure",
        "Des courriels frauduleux sont envoyés depuis 192.0.2.7. Faites cesser ces envois.",
        "fraud",
    ),
    Complaint("Estafa", "Desde 192.0.2.7 nos envían una estafa. Les rogamos que tomen medidas.", "fraud"),
    Complaint("Correo", "Desde la IP 192.0.2.7 nos envían spam. Por favor, paren esto.", "abuse"),
    Complaint(
        "Gefälschte Rechnungen",
        "Unsere Kunden erhalten gefälschte Rechnungen. Sie kommen von 192.0.2.7. Bitte sperren Sie das Konto.",
        "fraud",
    ),
    Complaint(
        "Abmahnung", "Unverlangt zugesandte Werbung von 192.0.2.7. Wir fordern Sie auf, dies zu unterbinden."
    ),
    Complaint("Drohmails", "Laut Kopfzeilen kommen sie von 192.0.2.7. Bitte sperren Sie den Absender."),
    Complaint(
        "harassment",
        "One of your customers sends me abusive messages. The address is 192.0.2.7. This has to end.",
    ),
    Complaint("Scraping", "192.0.2.7 is scraping our shop. We demand that you stop it."),
    Complaint(
        "Ransom mail", "We got an extortion mail. It originated at 192.0.2.7. Kindly investigate.", "fraud"
    ),
    Complaint(
        "Spam aus Ihrem Netz",
        "Diese Adressen haben uns heute Spam geschickt:\n\n192.0.2.7   412 Mails\n203.0.113.44    98 Mails\n",
        "abuse",
        (OFFENDER, "203.0.113.44"),
    ),
    Complaint("DoS", "192.0.2.7 flooded our game server last night. pls ban that customer"),
    Complaint("Attacks", "There are attacks from your network, for example 192.0.2.7. Please stop them."),
    Complaint(
        "DDoS",
        "Your host 192.0.2.7 attacks us. Our server 198.51.100.9 is under attack.",
        None,
        (OFFENDER, OWN),
    ),
    Complaint(
        "Re: our talk",
        "On Mon, 2 Nov 2026 at 10:00, Desk <desk@provider.example> wrote:\n> Which host?\n\n"
        "192.0.2.7 sends us spam. Please stop it.",
        "abuse",
    ),
)
