"""How subjects tell that somebody passed a mail on."""

from parsers.wording import Wording

_COLON = r"\s{0,2}[:：]"
FORWARDS = Wording(
    (rf"fwd?{_COLON}", "FW: You have won", "Fwd: You have won"),
    (rf"wg{_COLON}", "WG: Sie haben gewonnen"),  # German
    (rf"tr{_COLON}", "TR : Vous avez gagné"),  # French
    (rf"rv{_COLON}", "RV: Ha ganado"),  # Spanish
    (rf"enc{_COLON}", "ENC: Ganhou"),  # Portuguese
    (rf"i{_COLON}", "I: Ha vinto"),  # Italian
    (rf"vs{_COLON}", "VS: Du har vundet"),  # Danish, Norwegian
    (rf"vb{_COLON}", "VB: Du har vunnit"),  # Swedish
    (rf"vl{_COLON}", "VL: Voitit"),  # Finnish
    (rf"pd{_COLON}", "PD: Wygrana"),  # Polish
    (rf"doorst{_COLON}", "Doorst: U hebt gewonnen"),  # Dutch
    (rf"ilt{_COLON}", "ILT: Kazandiniz"),  # Turkish
    (rf"továbbítás{_COLON}", "Továbbítás: Nyert"),  # Hungarian
    (rf"πρθ{_COLON}", "ΠΡΘ: Κερδίσατε"),  # Greek
    (rf"fs{_COLON}", "FS: Vann"),  # Icelandic
    (rf"переслать{_COLON}", "Переслать: Вы выиграли"),  # Russian
    (rf"转发{_COLON}", "转发：您中奖了"),  # Chinese
    (rf"轉寄{_COLON}", "轉寄: 您中獎了"),
    (rf"転送{_COLON}", "転送: 当選"),  # Japanese
    (r"[^\n]{0,300}\(fwd\)\s{0,5}$", "You have won (fwd)"),  # Pine
    start=r"^\W{0,3}(?:\[[^\]\n]{0,40}\]\s{0,3})?",
)
"""How subjects begin, or end, of what is forwarded, in the languages of common mail programs."""
