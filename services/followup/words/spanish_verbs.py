"""Spanish verbs of giving one's word, in the forms in which it is given. Plain letters: no accents but a last "ó"."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from services.followup.words.found import PromiseKind


@dataclass(frozen=True, slots=True)
class Verb:
    """What a verb promises. `movable`: what is given decides ("enviar" a refund, a technician, a parcel)."""

    kind: PromiseKind
    movable: bool = False


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


_ENDINGS: Final = {"ar": ("a", "amos", "ando", "ado"), "er": ("e", "emos", "iendo", "ido"), "ir": ("e", "imos", "iendo", "ido")}
_ODD: Final[Mapping[str, Mapping[str, str]]] = {
    "dar": {"i": "doy"},
    "decir": {"i": "digo", "it": "dice", "future": "dir", "gerund": "diciendo", "participle": "dicho"},
    "devolver": {"i": "devuelvo", "it": "devuelve", "participle": "devuelto"},
    "escribir": {"participle": "escrito"},
    "hacer": {"i": "hago", "future": "har", "participle": "hecho"},
    "ir": {"i": "voy", "it": "va", "we": "vamos", "gerund": "yendo"},
    "mantener": {"i": "mantengo", "it": "mantiene", "future": "mantendr"},
    "poner": {"i": "pongo", "future": "pondr", "participle": "puesto"},
    "recoger": {"i": "recojo"},
    "corregir": {"i": "corrijo", "it": "corrige", "gerund": "corrigiendo"},
    "reponer": {"i": "repongo", "future": "repondr", "participle": "repuesto"},
    "resolver": {"i": "resuelvo", "it": "resuelve", "participle": "resuelto"},
    "restablecer": {"i": "restablezco"},
    "sustituir": {"i": "sustituyo", "it": "sustituye", "gerund": "sustituyendo"},
    "reconectar": {},
    "tener": {"i": "tengo", "it": "tiene", "future": "tendr"},
    "transferir": {"i": "transfiero", "it": "transfiere", "gerund": "transfiriendo"},
    "traer": {"i": "traigo", "gerund": "trayendo"},
    "venir": {"i": "vengo", "it": "viene", "future": "vendr", "gerund": "viniendo"},
    "cerrar": {"i": "cierro", "it": "cierra"},
    "entregar": {},
}  # fmt: skip

_KINDS: Final[Mapping[PromiseKind, str]] = {
    "callback": "llamar telefonear marcar",
    "answer": "responder contestar escribir comunicar contactar confirmar decir avisar explicar comentar notificar",
    "update": "informar actualizar mantener",
    "visit": "visitar pasar acudir ir venir recoger personar desplazar",
    "replacement": "sustituir reemplazar reponer cambiar canjear",
    "repair": "reparar arreglar restablecer reconectar",
    "refund": "reembolsar reintegrar restituir",
    "payment": "pagar compensar indemnizar bonificar liquidar",
    "other": "anular cancelar corregir solucionar resolver revisar activar desbloquear instalar modificar retirar eliminar "
    "aplicar escalar elevar investigar cerrar solventar rectificar ajustar tramitar gestionar verificar completar subsanar",
}
_MOVABLE: Final[Mapping[PromiseKind, str]] = {
    "delivery": "enviar mandar entregar despachar llevar remitir expedir traer",
    "payment": "abonar transferir depositar ingresar consignar girar acreditar",
    "refund": "devolver regresar retornar",
    "other": "hacer dar realizar efectuar emitir procesar poner ofrecer pasar_",
}
VERBS: Final[Mapping[str, Verb]] = {
    **{verb: Verb(kind) for kind, verbs in _KINDS.items() for verb in verbs.split()},
    **{verb: Verb(kind, movable=True) for kind, verbs in _MOVABLE.items() for verb in verbs.split() if verb[-1] != "_"},
}


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


FORMS: Final[tuple[Forms, ...]] = tuple(forms(verb) for verb in VERBS)


def _spelled() -> Iterator[tuple[str, Verb]]:
    for each in FORMS:
        verb = VERBS[each.infinitive]
        own = (*each.present_own, *each.future_own, *each.present_other, *each.future_other)
        for form in (each.infinitive, each.gerund, *own):
            yield form, verb
        for ending in ("o", "a", "os", "as"):
            yield each.participle[:-1] + ending, verb


VERB_OF: Final[Mapping[str, Verb]] = dict(_spelled())
"""Of every form, what it promises."""
