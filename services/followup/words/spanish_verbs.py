"""Spanish verbs of giving one's word, in the forms in which it is given. Plain letters: no accents but a last "ó"."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from services.followup.words.commitments import verbs
from services.followup.words.found import PromiseKind
from services.followup.words.shapes import listed


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of one verb that matter here; the first person stands before the third."""

    infinitive: str
    gerund: str
    participle: str
    present_own: tuple[str, str]
    present_other: tuple[str, str]
    future_own: tuple[str, str]
    future_other: tuple[str, str]


_ENDINGS: Final = {
    "ar": ("a", "amos", "ando", "ado"),
    "er": ("e", "emos", "iendo", "ido"),
    "ir": ("e", "imos", "iendo", "ido"),
}
_ODD: Final[Mapping[str, Mapping[str, str]]] = {
    "dar": {"i": "doy"},
    "descontar": {"i": "descuento", "it": "descuenta"},
    "extender": {"i": "extiendo", "it": "extiende"},
    "decir": {"i": "digo", "it": "dice", "future": "dir", "gerund": "diciendo", "participle": "dicho"},
    "devolver": {"i": "devuelvo", "it": "devuelve", "participle": "devuelto"},
    "escribir": {"participle": "escrito"},
    "hacer": {"i": "hago", "future": "har", "participle": "hecho"},
    "recoger": {"i": "recojo"},
    "corregir": {"i": "corrijo", "it": "corrige", "gerund": "corrigiendo"},
    "reponer": {"i": "repongo", "future": "repondr", "participle": "repuesto"},
    "resolver": {"i": "resuelvo", "it": "resuelve", "participle": "resuelto"},
    "restablecer": {"i": "restablezco"},
    "sustituir": {"i": "sustituyo", "it": "sustituye", "gerund": "sustituyendo"},
    "transferir": {"i": "transfiero", "it": "transfiere", "gerund": "transfiriendo"},
    "traer": {"i": "traigo", "gerund": "trayendo"},
}

_FIRM: Final[Mapping[PromiseKind, str]] = {
    "callback": "llamar telefonear marcar",
    "answer": "responder contestar escribir contactar confirmar decir avisar explicar comentar notificar",
    "update": "informar actualizar",
    "visit": "visitar acudir recoger",
    "replacement": "sustituir reemplazar reponer cambiar canjear",
    "repair": "reparar arreglar restablecer reconectar",
    "refund": "reembolsar rembolsar reintegrar restituir extornar",
    "payment": "pagar compensar indemnizar bonificar liquidar",
    "other": """
        anular cancelar corregir solucionar resolver revisar activar desbloquear instalar modificar retirar eliminar
        aplicar escalar elevar investigar solventar rectificar ajustar verificar subsanar
        descontar condonar ampliar prorrogar recargar habilitar
    """,
}
_MOVABLE: Final[Mapping[PromiseKind, str]] = {
    "delivery": """
        enviar mandar entregar despachar llevar remitir expedir traer compartir facilitar
        proporcionar
    """,
    "payment": "abonar transferir depositar ingresar consignar girar acreditar",
    "refund": "devolver regresar retornar",
    "other": """
        hacer dar realizar efectuar emitir procesar tramitar gestionar completar ejecutar
        agendar programar coordinar
    """,
}
"""What is given decides: a refund, a technician or a parcel is sent."""


def forms(infinitive: str) -> Forms:
    """Its forms, regular but for what is written above."""
    odd, stem = _ODD.get(infinitive, {}), infinitive[:-2]
    theme, we, gerund, participle = _ENDINGS[infinitive[-2:]]
    it, future = odd.get("it", stem + theme), odd.get("future", infinitive)
    return Forms(
        infinitive=infinitive,
        gerund=odd.get("gerund", stem + gerund),
        participle=odd.get("participle", stem + participle),
        present_own=(odd.get("i", stem + "o"), odd.get("we", stem + we)),
        present_other=(it, it + "n"),
        future_own=(future + "e", future + "emos"),
        future_other=(future + "a", future + "an"),
    )


def _table() -> Iterator[tuple[PromiseKind, bool, tuple[Forms, ...]]]:
    for movable, kinds in ((False, _FIRM), (True, _MOVABLE)):
        for kind, infinitives in kinds.items():
            yield kind, movable, tuple(map(forms, listed(infinitives)))


_ROWS: Final = tuple(_table())
FORMS: Final = tuple(each for _, _, row in _ROWS for each in row)


def _any(form: Callable[[Forms], Iterable[str]]) -> str:
    return verbs((kind, movable, [said for each in row for said in form(each)]) for kind, movable, row in _ROWS)


INFINITIVE: Final = _any(lambda each: [each.infinitive])
GERUND: Final = _any(lambda each: [each.gerund])
PARTICIPLE: Final = _any(lambda each: [each.participle[:-1] + "(?:o|a|os|as)"])
OWN_NOW: Final = _any(lambda each: each.present_own)
WE_NOW: Final = _any(lambda each: each.present_own[1:])
OWN_THEN: Final = _any(lambda each: each.future_own)
OTHER_NOW: Final = _any(lambda each: each.present_other)
OTHER_THEN: Final = _any(lambda each: each.future_other)
OTHERS: Final = _any(lambda each: (each.present_other[1], each.future_other[1]))
OTHER: Final = _any(lambda each: (*each.present_other, *each.future_other))


def _known() -> Iterator[str]:
    for each in FORMS:
        yield from (each.infinitive, each.gerund, each.participle)
        for ending in ("a", "os", "as"):
            yield each.participle[:-1] + ending
        for pair in (each.present_own, each.present_other, each.future_own, each.future_other):
            yield from pair


KNOWN: Final = frozenset(_known())
"""Every form of every verb, so that none is taken for a slip of another."""
