"""What those who complain in English want to be done."""

from parsers.wording import Wording

ENGLISH_ASKS = Wording(
    (
        r"(?:please|pls|kindly) (?:\w{1,12} ){0,3}"
        r"(?:investigate|take|stop|act|look into|shut|block|suspend|terminate|disable|remove"
        r"|secure|clean|fix|check|address|handle|resolve|deal)\b",
        "Please investigate.",
        "Pls check this.",
        "Kindly look into this.",
        "Please take it down.",
        "Please stop them.",
        "Please act.",
        "Please look into this.",
        "Please shut it down.",
        "Please block it.",
        "Please suspend it.",
        "Please terminate it.",
        "Please disable it.",
        "Please remove the page.",
        "Please secure it.",
        "Please clean it.",
        "Please fix this.",
        "Please check this host.",
        "Please address this.",
        "Please handle this.",
        "Please resolve this.",
        "Please deal with it.",
    ),
    (
        r"(?:take|taking) (?:\w{1,15} )?(?:action|measures|steps)",
        "We ask you to take action.",
        "We count on your taking measures.",
        "You should take immediate steps.",
    ),
    (
        r"(?:appreciate|grateful) if you (?:would|could)",
        "We would appreciate if you would investigate.",
        "I'd be grateful if you could look at it.",
    ),
    (
        r"\bstop (?:it|this|that|him)\b",
        "Stop it!",
        "You should stop this.",
        "Make sure to stop that.",
        "Stop him!",
    ),
    (
        r"cease and desist|make (?:it|this|him|them) stop",
        "Cease and desist.",
        "Can you make it stop?",
        "How can we make this stop?",
        "You must make him stop.",
        "Could you make them stop?",
    ),
    (
        r"(?:this|it) (?:has|needs) to (?:stop|end)\b|do something about|\bkill it\b|sort (?:it|this) out"
        r"|cut (?:it|them|him) off"
        r"|\bban (?:him|them|that (?:user|customer))",
        "This has to stop.",
        "It needs to end.",
        "Do something about him.",
        "Kill it.",
        "Sort it out.",
        "You should sort this out.",
        "Cut it off.",
        "Cut them off.",
        "Cut him off.",
        "Ban him.",
        "Ban them.",
        "Ban that user.",
        "Please ban that customer.",
    ),
    (
        r"(?:demand|request|urge|ask)\w{0,3} (?:that )?(?:you )(?:to )?(?:\w{1,15} )?"
        r"(?:stop|investigate|block|remove|suspend|terminate|disconnect|disable|make)\b",
        "We demand that you stop.",
        "We urge you to investigate.",
        "We request you block him.",
        "We ask that you remove it.",
        "We ask you to immediately suspend it.",
        "I ask that you terminate it.",
        "We urge that you disconnect it.",
        "We request that you disable the page.",
        "We ask that you make him end it.",
    ),
)
"""What they want of those who can end it."""
