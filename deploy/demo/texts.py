"""What customers write and what they are told, in Spanish and English. Nobody in here exists."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from shared.events.vocabulary import Kind


class Trouble(NamedTuple):
    """Somebody's words, and what they are about."""

    language: str
    product: str | None
    subject: str
    text: str


PRODUCT: Final = (
    Trouble("es", "tarjeta", "Cobro doble", "Me han cobrado dos veces la misma compra con la tarjeta."),
    Trouble("en", "broadband", "No internet", "The connection drops every evening, I cannot work from home."),
    Trouble("es", "paquete", "No ha llegado", "El pedido lleva diez días de retraso y nadie sabe dónde está."),
    Trouble("en", "card", "Refund missing", "The shop returned the money but it never arrived on my card."),
    Trouble("es", "lavadora", "No funciona", "La lavadora nueva no funciona desde el primer día."),
    Trouble("en", "account", "Locked out", "I changed my phone and now I am locked out of my account."),
    Trouble("es", "hipoteca", "Comisión", "Me cobran una comisión de la hipoteca que no estaba en el contrato."),
    Trouble("en", "parcel", "Parcel broken", "The parcel arrived open and the lamp inside is broken."),
    Trouble("es", "alumbrado", "Farola apagada", "La farola de mi calle lleva apagada tres semanas."),
    Trouble("en", "kettle", "Stopped working", "The kettle stopped working after two weeks. I want it replaced."),
    Trouble("es", "cuenta", "Recibo", "Ha llegado a mi cuenta un recibo que no es mío."),
)
OTHERS: Final[Mapping[Kind, Sequence[Trouble]]] = {
    "product": PRODUCT,
    "treatment": (
        Trouble("es", "internet", "Trato", "Me colgaron dos veces y me hablaron de malas maneras."),
        Trouble("en", "parcel", "Rude", "The courier was rude to my mother and left the parcel in the rain."),
    ),
    "suggestion": (
        Trouble("es", "parque", "Un banco", "Estaría bien tener otro banco a la sombra en el parque."),
        Trouble("en", "app", "Dark letters", "Please offer larger letters in the app."),
    ),
    "praise": (
        Trouble("en", "broadband", "Thank you", "The technician was kind, quick and left everything clean."),
        Trouble("es", "limpieza", "Gracias", "Quiero dar las gracias al equipo de limpieza de mi barrio."),
    ),
    "question": (
        Trouble("es", "fibra", "Una pregunta", "¿Puedo llevarme la fibra a mi casa nueva?"),
        Trouble("en", "parking", "A question", "Where can I renew the parking permit of my street?"),
    ),
}
CHANNELS: Final = ("web", "email", "phone", "web", "counter", "email", "letter", "web", "chat", "email")
REGULAR: Final = "Carmen Vidal"
"""She writes again and again."""
FIRST: Final = (
    "Ana",
    "John",
    "Luis",
    "Mary",
    "Iker",
    "Emma",
    "Nuria",
    "Peter",
    "Jorge",
    "Alice",
    "Maite",
    "Tom",
    "Pau",
)
LAST: Final = ("Ruiz", "Brown", "Sola", "Hill", "Vera", "Wood", "Gil", "Stone", "Lara", "Field", "Sanz", "Lake")
REMEDIAL: Final[frozenset[Kind]] = frozenset({"product", "treatment"})
"""Something would put these right."""
REMEDY: Final = {"kind": "refund", "words": "I want it put right, and to know why it happened."}
OUTCOMES: Final[Mapping[Kind, Sequence[str]]] = {
    "product": ("upheld", "partly", "upheld", "not_upheld"),
    "treatment": ("partly",),
    "suggestion": ("adopted",),
    "praise": ("noted",),
    "question": ("answered",),
}
SAID: Final[Mapping[str, Mapping[str, str]]] = {
    "es": {
        "answer": "He leído lo que nos cuenta y me ocupo yo. Siento las molestias.",
        "promise": "Le prometo que estará hecho antes de esa hora.",
        "moved": "Acordamos otra hora, como me ha pedido.",
        "result": "Está resuelto. Gracias por decírnoslo.",
        "summary": "Así lo hemos entendido: no funcionó, y quiere que se arregle.",
        "correction": "Pasó dos veces, no una.",
        "why": "Es lo más rápido.",
    },
    "en": {
        "answer": "I have read what happened and I will see to it myself. I am sorry for the trouble.",
        "promise": "I promise that it will be done by then.",
        "moved": "As you asked, we agree on another time.",
        "result": "It is put right. Thank you for telling us.",
        "summary": "This is how we understood it: it did not work, and you want it put right.",
        "correction": "It happened twice, not once.",
        "why": "It is the quickest way.",
    },
}
OPTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "es": {"refund": "Le devolvemos el importe.", "repair": "Lo reparamos.", "voucher": "Un vale por ese valor."},
    "en": {"refund": "We refund the amount.", "repair": "We repair it.", "voucher": "A voucher of that value."},
}
"""What can be offered; the first is what most ask for."""


def complaint(number: int, kind: Kind, *, anonymous: bool) -> dict[str, Any]:
    """What the customer of that number hands in."""
    troubles = OTHERS[kind]
    trouble = troubles[number % len(troubles)]
    form: dict[str, Any] = {
        "channel": CHANNELS[number * 7 % len(CHANNELS)],
        "kind": kind,
        "subject": trouble.subject,
        "text": trouble.text,
        "product": trouble.product,
        "complainant": {"anonymous": True} if anonymous else _customer(number, trouble.language),
        "metadata": {"demo": str(number)},
    }
    if kind == "product" and number % 2:
        form["remedy_sought"] = dict(REMEDY)
    if kind == "treatment":
        form["about"] = [{"agent": "viktor"}]
    return form


def _customer(number: int, language: str) -> dict[str, Any]:
    name = f"{FIRST[number % len(FIRST)]} {LAST[number % len(LAST)]}"
    if number % 20 == 3:  # noqa: PLR2004 - now and then
        name = REGULAR
    address = f"{name.lower().replace(' ', '.')}@example.org"
    return {"name": name, "email": address, "language": language, "time_zone": "Europe/Madrid"}


HISTORY: Final = (
    Trouble("en", "broadband", "Old bill", "In spring I was billed for a month that I had cancelled."),
    Trouble("es", "tarjeta", "Antigua", "La tarjeta llegó a otra dirección."),
    Trouble("en", "parcel", "Old parcel", "My parcel was left with a neighbour who had moved away."),
)
"""Complaints of earlier times, taken over from another system."""
