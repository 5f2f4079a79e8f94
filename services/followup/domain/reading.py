"""How a customer's reply is read: as thanks, as a new fact, or as "it is not solved". Readable patterns, es and en.

What is not plainly one of the others is a new fact: a customer is rather heard once too often than overlooked.
A person can correct every reading.
"""

import re
from typing import Final, NamedTuple

from shared.events.vocabulary import Reading


class Read(NamedTuple):
    """The reading, and what was seen in the words."""

    reading: Reading
    why: str


_SOLVED: Final = r"(?:solucionad[oa]|resuelt[oa]|arreglad[oa]|soluciona|resuelve|arregla)"
_NOT_SOLVED_ES: Final = (
    rf"\bno\s+(?:\w+\s+){{0,4}}{_SOLVED}\b",
    r"\b(?:sigue|sigo|siguen|seguimos|continúa|continua)\s+(?!(?:agradecid|content|satisfech)\w*)\w+",
    r"\b(?:todavía|todavia|aún|aun)\s+(?:no|sin|espero|estoy esperando)\b",
    r"\bno\s+(?:me\s+|se\s+)?(?:funciona|ha(?:n|béis|beis)?\s+(?:llegado|llamado|devuelto|pagado|hecho|contestado|venido))",
    r"\b(?:otra vez|de nuevo|nuevamente)\s+(?:lo mismo|igual|ha|se|me|está|esta|falla|roto|rota)\b",
    r"\bno\s+(?:estoy|estamos|quedo)\s+(?:nada\s+)?(?:conforme|conformes|satisfech\w+|content\w+|de acuerdo)\b",
    r"\bsin\s+(?:solución|solucion|solucionar|resolver|arreglar|respuesta)\b",
    r"\b(?:ha|han)\s+vuelto\s+a\s+\w+",
)
_NOT_SOLVED_EN: Final = (
    r"\b(?:not|isn['\u2019]?t|wasn['\u2019]?t|hasn['\u2019]?t|never)\s+(?:\w+\s+){0,3}(?:solved|resolved|fixed|sorted|repaired)\b",
    r"\bstill\s+(?:not?|broken|wrong|waiting|missing|failing|leaking|have\s+(?:no|not)|haven['\u2019]?t|hasn['\u2019]?t|doesn['\u2019]?t|"
    r"don['\u2019]?t|isn['\u2019]?t|can['\u2019]?t|cannot|the same|happening|nothing|does\s+not|do\s+not|is\s+not|has\s+not)\b",
    r"\b(?:doesn['\u2019]?t|does not|didn['\u2019]?t|did not|won['\u2019]?t)\s+work\b",
    r"\b(?:happened|broken?|failed|fails|charged\s+me|stopped(?:\s+working)?)\s+again\b",
    r"\bnot\s+(?:at all\s+)?(?:happy|satisfied|acceptable|good enough)\b",
    r"\bnothing\s+(?:has\s+)?(?:changed|happened|arrived)\b",
    r"\b(?:nobody|no one)\s+(?:has\s+)?(?:called|answered|come|came|replied)\b",
)
_NOT_SOLVED: Final = re.compile("|".join((*_NOT_SOLVED_ES, *_NOT_SOLVED_EN)), re.IGNORECASE)

_THANKS: Final = re.compile(
    r"\b(?:muchas|muchísimas|mil|un millón de)\s+gracias\b|\bgracias\b|\b(?:muy\s+)?agradecid[oa]s?\b|\bte lo agradezco\b|"
    r"\bse lo agradezco\b|\b(?:many thanks|thanks(?: a lot| again| so much| very much)?|thank you(?: so much| very much| again)?)\b|"
    r"\bcheers\b|\bmuch appreciated\b|\b(?:i|we) appreciate (?:it|that)\b",
    re.IGNORECASE,
)
_CONTENT: Final = re.compile(
    r"\b(?:perfecto|genial|estupendo|fenomenal|vale|de acuerdo|ok|okay|todo bien|todo correcto|ya está|ya esta|ya funciona|"
    r"solucionado|resuelto|arreglado|great|perfect|excellent|wonderful|all (?:good|fine|well)|that['\u2019]?s (?:fine|great|all)|"
    r"solved|fixed|sorted|it works(?: now)?|works (?:now|fine|again)|good job|no problem|sin problema)\b|[👍🙏😊🙂❤]",
    re.IGNORECASE,
)
_FILLER: Final = frozenset(
    """
    a abrazo ahora al all amabilidad and atencion atención atentamente ayuda been best buenas bueno buenos by con
    cordial cordiales day de dear del dias dinero días el ella en equipo es esta está evening everyone everything
    fast for from gestion gestión good has have hello help her hi him hola i is it kind la las le les lo los mas
    me mi money morning mr mrs ms much mucho muy my más noches nos now os paciencia para patience por pronto que
    quick rapidez received recibido regards reply respuesta rápida saludo saludos se service servicio señor señora
    sincerely so su sus tardes te team that the this todas todo todos tu tus un una usted ustedes very vosotros
    vuestra vuestro was y ya you your yours
    """.split()
)
"""Words that add nothing to a thanks."""
_CONDITION: Final = re.compile(r"\b(?:if|si|in case|unless|cuando|when)\b[^.,;!?\n]*", re.IGNORECASE)
_QUOTED: Final = re.compile(r"^\s*>.*$", re.MULTILINE)
_WORD: Final = re.compile(r"[^\W_]+")
_NAME_WORDS: Final = 3
"""So many words that we do not know may stand in a mere thanks: a name below it, "Luis" or "Eva Ruiz"."""
_SHOWN: Final = 80


def read_reply(text: str) -> Read:
    """How the reply is to be read, and why. Quoted lines and conditions ("if it fails again …") say nothing."""
    own = _QUOTED.sub("", text)
    said = _CONDITION.sub(" ", own)
    if wrong := _NOT_SOLVED.search(said):
        return Read("not_solved", f"it says {_shown(wrong)}")
    thanks = _THANKS.search(own) or _CONTENT.search(own)
    if thanks is None:
        return Read("new_fact", "it is neither thanks nor a complaint that we know")
    rest = _CONTENT.sub(" ", _THANKS.sub(" ", own))
    unknown = [word for word in _WORD.findall(rest.casefold()) if word not in _FILLER]
    if "?" in rest or len(unknown) > _NAME_WORDS or any(any(map(str.isdigit, word)) for word in unknown):
        return Read("new_fact", f"it says {_shown(thanks)}, and more")
    return Read("thanks", f"it says {_shown(thanks)}, and nothing more")


def _shown(found: re.Match[str]) -> str:
    return f"\u201c{' '.join(found.group().split())[:_SHOWN]}\u201d"
