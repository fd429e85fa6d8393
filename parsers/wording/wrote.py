"""How programs introduce what an answer quotes."""

from parsers.wording import Wording

WROTE = Wording(
    (r"\bwrote", "On Fri, 13 Nov 2026 at 09:14, Abuse <abuse@isp.example> wrote:"),
    (r"\bschrieb\b[^\n]{0,100}", "Am 13.11.26 um 09:14 schrieb Abuse:"),
    (r"\ba écrit", "Le ven. 13 nov. 2026 à 09:14, Abuse <abuse@isp.example> a écrit :"),
    (r"\bescribió", "El vie, 13 nov 2026 a las 9:14, Abuse (<abuse@isp.example>) escribió:"),
    (r"\bha scritto", "Il giorno ven 13 nov 2026 alle ore 09:14 Abuse ha scritto:"),
    (r"\bescreveu", "Em sex., 13 de nov. de 2026 às 09:14, Abuse <abuse@isp.example> escreveu:"),
    (r"\bschreef\b[^\n]{0,100}", "Op vr 13 nov 2026 om 09:14 schreef Abuse <abuse@isp.example>:"),
    (
        r"\bnapisał(?:\(a\))?",
        "pt., 13 lis 2026 o 09:14 Abuse <abuse@isp.example> napisał(a):",
        "Abuse napisał:",
    ),
    (
        r"\b(?:пишет|написал)",
        "13.11.2026 09:14, Abuse пишет:",
        "пт, 13 нояб. 2026 г. в 09:14, Abuse написал:",
    ),
    (r"\bskrev\b[^\n]{0,100}", "Den fre 13 nov. 2026 kl 09:14 skrev Abuse <abuse@isp.example>:"),
    (r"\bkirjoitti", "pe 13. marrask. 2026 klo 9.14 Abuse kirjoitti:"),
    (r"\bnapsal", "pá 13. 11. 2026 v 9:14 odesílatel Abuse napsal:"),
    (r"şunları yazdı", "Abuse, 13 Kas 2026 Cum, 09:14 tarihinde şunları yazdı:"),
    end=r"\s?[:：]\s{0,3}$",
)
"""The last line of such an introduction."""
