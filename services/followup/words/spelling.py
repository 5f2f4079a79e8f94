"""Words as people mistype them; only what a promise hangs on is corrected: days, months, verbs of giving one's word.

A word of five letters or more that is nothing known becomes the one it differs from by one letter (missing, doubled,
swapped, or, in a day or month, wrong) or not at all by sound ("juebes", "resivira", "yamaremos").
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from services.followup.words.shapes import listed
from services.followup.words.spanish_verbs import FORMS, KNOWN

_SHORTEST: Final = 5
_SPANISH_CALENDAR: Final = listed("""
    lunes martes miercoles jueves viernes sabado domingo manana pasado tarde noche mediodia enero febrero marzo abril
    junio julio agosto septiembre octubre noviembre diciembre semana proximo proxima primera antes
""")
_SPANISH_OTHER: Final = listed("""
    minutos horas habiles laborables recibira recibiras reembolso devolucion dinero pedido paquete tecnico llamada
    tendra tendras llegara respuesta transferencia
""")
_ENGLISH_CALENDAR: Final = listed("""
    monday tuesday wednesday thursday friday saturday sunday tomorrow tonight today morning afternoon evening january
    february march april august september october november december midday
""")
_ENGLISH_OTHER: Final = listed("""
    refund refunded receive deliver delivered delivery replace replaced replacement repair repaired technician engineer
    answer parcel package business working minutes within before hours reimburse callback update arrive
""")
_LEFT_ALONE: Final = frozenset(
    listed("""
    luces lunas luna mares martas jueces vienes vienen sabido sabida entero enteros genero abrir angosto agoto agotó
    manzana manzanas marca marco marcas mango semanas mananas tardes noches tarda tarden tarder antena partes pasada
    pasados pasamos dineros pedidos pedida paquetes tecnica tecnicos tecnicas llamadas llamado llamaba respuestas lunar
    juntos recibir recibio recibida recibido recibiremos recibes reciban recibiran habremos habre tendre tendremos
    tener llegar llegado llegada llegamos toda todas hora tendran tendria llegaran llegaron recibirla recibirlo
    match marsh mondays tuesdays wednesdays thursdays fridays saturdays sundays mornings evenings refunds refunding
    received receiver receives receiving delivers replaces replacing repairs repairing technicians engineers answers
    answered parcels packages packaged businesses workings reimbursed reimburses
    updated updates updating arrived arrives arrival
    """)
)
"""Words that are no slip of those above, however much they look like them."""
_SOUNDS: Final = (
    (re.compile("ll"), "y"),
    (re.compile("qu(?=[ei])"), "k"),
    (re.compile("ch"), "#"),
    (re.compile("h"), ""),
    (re.compile("v"), "b"),
    (re.compile("c(?=[ei])"), "s"),
    (re.compile("z"), "s"),
    (re.compile("c"), "k"),
    (re.compile("g(?=[ei])"), "j"),
    (re.compile(r"(.)\1"), r"\1"),
)
_ALIASES: Final = dict(
    pair.split("=")
    for pair in listed("""
    tommorow=tomorrow tommorrow=tomorrow tomoro=tomorrow tmrw=tomorrow wendsday=wednesday wensday=wednesday
    thurday=thursday recieve=receive mñn=manana mnn=manana yamo=llamo onze=once
    """)
)


def _own_futures() -> list[str]:
    return [form for each in FORMS for form in each.future_own]


_SPANISH_VERBS: Final = (*_own_futures(), "llamamos", "enviamos", "devolvemos", "confirmamos")


def _sound(word: str) -> str:
    for letters, sound in _SOUNDS:
        word = letters.sub(sound, word)
    return word


def _shortened(word: str) -> Iterator[str]:
    """The word with each of its letters but the first left out."""
    return (word[:place] + word[place + 1 :] for place in range(1, len(word)))


def _swapped(word: str) -> Iterator[str]:
    pairs = range(1, len(word) - 1)
    return (word[:place] + word[place + 1] + word[place] + word[place + 2 :] for place in pairs)


def _slips(right: Iterable[str], *, wrong_letters: bool) -> dict[str, str]:
    """What may have been meant, by how it may have been mistyped; wrong letters are found by what is left of both."""
    found: dict[str, str] = {}
    for word in right:
        for slip in _swapped(word):
            found.setdefault(slip, word)
        for slip in _shortened(word):
            found.setdefault(slip, word)
            if wrong_letters:
                found.setdefault(f"{slip}?", word)
    return found


_SPANISH_WORDS: Final = frozenset([*_SPANISH_CALENDAR, *_SPANISH_OTHER, *_SPANISH_VERBS])
_SPANISH_KNOWN: Final = _SPANISH_WORDS | _LEFT_ALONE | KNOWN
_SPANISH_SLIPS: Final = _slips([*_SPANISH_OTHER, *_SPANISH_VERBS], wrong_letters=False) | _slips(
    _SPANISH_CALENDAR, wrong_letters=True
)
_SPANISH_SOUNDS: Final = {_sound(word): word for word in sorted(_SPANISH_WORDS)}
_ENGLISH_KNOWN: Final = _LEFT_ALONE | {*_ENGLISH_CALENDAR, *_ENGLISH_OTHER}
_ENGLISH_SLIPS: Final = _slips(_ENGLISH_OTHER, wrong_letters=False) | _slips(_ENGLISH_CALENDAR, wrong_letters=True)


@lru_cache(maxsize=8192)
def spanish(word: str) -> str:
    """The Spanish word that was meant."""
    if len(word) < _SHORTEST or word in _SPANISH_KNOWN:
        return _ALIASES.get(word, word)
    return _SPANISH_SOUNDS.get(_sound(word)) or _meant(word, _SPANISH_WORDS, _SPANISH_SLIPS)


@lru_cache(maxsize=8192)
def english(word: str) -> str:
    """The English word that was meant."""
    if len(word) < _SHORTEST or word in _ENGLISH_KNOWN:
        return _ALIASES.get(word, word)
    return _ALIASES.get(word) or _meant(word, _ENGLISH_KNOWN - _LEFT_ALONE, _ENGLISH_SLIPS)


def _meant(word: str, right: frozenset[str] | set[str], slips: Mapping[str, str]) -> str:
    if word.endswith("s") and word[:-1] in right:
        return word
    if found := slips.get(word):
        return found
    for shorter in _shortened(word):
        if shorter in right and len(shorter) >= _SHORTEST:
            return shorter
        if (found := slips.get(f"{shorter}?")) and len(found) == len(word):
            return found
    return word
