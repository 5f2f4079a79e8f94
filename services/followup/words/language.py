"""Which language a text is in, told by its smallest words."""

import re
from typing import Final

from services.followup.words.found import Language
from services.followup.words.shapes import listed

_WORD: Final = re.compile(r"[a-zóí]+")
_SPANISH: Final = frozenset(
    listed("""
    el la los las un una de del al a en por para con que se le les te lo su sus tu mi nos usted antes lunes martes
    miercoles jueves viernes sabado domingo manana hoy y o pero no si sí es esta este ya como muy llamo marco hola
    gracias buenos dia dias horas sera recibira dinero
    """)
)
_ENGLISH: Final = frozenset(
    listed("""
    the a an of to in on at by for with that you your we our i it is are will ll be have has and or but not if before
    within monday tuesday wednesday thursday friday saturday sunday tomorrow today this next call hi hello thanks dear
    refund from my us me
    """)
)


def language_of(text: str, otherwise: Language) -> Language:
    """The language that more of its words speak; `otherwise` where they do not say."""
    words = _WORD.findall(text)
    spanish, english = (sum(word in known for word in words) for known in (_SPANISH, _ENGLISH))
    return otherwise if spanish == english else "es" if spanish > english else "en"
