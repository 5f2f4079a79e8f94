"""What surrounds a commitment in Spanish: what is given, and what shows that nothing is promised."""

import re
from typing import Final

from services.followup.words.commitments import Grammar
from services.followup.words.shapes import one_of, said, whole
from services.followup.words.spanish import SPANISH_WAYS
from services.followup.words.spanish_times import SPANISH_TIMES
from services.followup.words.spelling import spanish

_NOUNS: Final = (
    ("callback", said("llamadas?|telefonazo|un toque|llame[ns]?")),
    (
        "update",
        said(
            "novedad(?:es)?|actualizacion(?:es)?|estado de|avances?|seguimiento|al (?:tanto|dia)",
            "informe de (?:estado|situacion)|informad[oa]s?",
        ),
    ),
    (
        "answer",
        said(
            "respuestas?|contestacion|solucion(?:es)?|noticias|decision|resolucion|explicacion|confirmacion",
            "propuesta|un (?:correo|mensaje|e-?mail|whatsapp|sms)",
        ),
    ),
    (
        "visit",
        said(
            "tecnic[oa]s?|instalador(?:es)?|operari[oa]s?|perit[oa]|visita|inspeccion|fontaner[oa]|plomer[oa]",
            "electricista|cerrajer[oa]|mecanic[oa]|recogida|a alguien",
        ),
    ),
    (
        "replacement",
        said(
            r"reemplazo|sustitut[oa]|sustitucion|reposicion|(?:otr[oa]|un[oa]?) (?:\w+ )?nuev[oa]",
            "nueva (?:unidad|tarjeta)|otr[oa] unidad|el cambio|repuest[oa] (?:el|la)|reemplazad[oa]",
            "sustituid[oa]",
        ),
    ),
    ("repair", said("reparacion|arreglo|arreglad[oa]s?|reparad[oa]s?")),
    (
        "refund",
        said(
            "reembolsos?|devolucion|reintegro|dinero|importe|cobro|cargo|plata|cantidad",
            r"lo (?:que )?(?:pag|cobr)\w+",
        ),
    ),
    (
        "payment",
        said(
            "pagos?|transferencia|indemnizacion|compensacion|abono|ingreso|deposito|cheque|vale|bonificacion",
            "bono|bizum|giro|yape|nequi|cobro a su favor",
        ),
    ),
    (
        "delivery",
        said(
            "pedidos?|paquetes?|envio|entrega|productos?|articulos?|piezas?|repuestos?|recambios?|equipo",
            "aparato|mercancia|documentos?|documentacion|facturas?|contrato|copia|justificante|informe",
            "formulario|etiqueta|compra|llaves?",
        ),
    ),
    ("other", said("resuelt[oa]s?|solucionad[oa]s?|anulad[oa]s?|cancelad[oa]s?")),
)

_SAYS: Final = one_of(
    "dij(?:o|ó|e|iste|eron)|prometi(?:o|ó|ste|eron)|coment(?:o|ó|aste|aron)|asegur(?:o|ó|aste|aron)",
    "mencion(?:o|ó|aste)|escribi(?:o|ó|ste)|indic(?:o|ó|aste|aron)|inform(?:ó|aron)|explic(?:o|ó|aste)",
)
_TOLD_BY_OTHERS: Final = one_of(
    rf"(?:usted(?:es)?|ud|uds|tu|nos|ell[oa]s?|su \w+|tu \w+)(?: \w+)? {_SAYS}",
    "(?:dijiste|prometiste|comentaste|mencionaste|aseguraste)|dice[ns]? que",
    "usted (?:dice|indica|comenta|afirma)",
    "segun (?!lo (?:acordado|hablado|convenido|previsto|prometido|pactado|indicado))",
)
_OVER: Final = one_of(r"(?:habia|habiamos|hubiera|hubieramos|hubiese|hubiesemos|habria|habriamos|iba|ibamos) \w+")
_NOT_MEANT: Final = one_of(
    r"ja(?: ?ja)+|jeje\w*|cuando las ranas|si,? claro,? y|ya,? claro|claro,? claro|como no,? y",
    "y yo (?:soy|me lo creo)|🙄|seguro que si,? y|sí,? claro,? y|sí,? sí,? claro|sí, seguro",
    r"(?:alegr|encant|lament|sient|celebr)\w+ (?:mucho )?(?:de )?que",
)
_NOT_CERTAIN: Final = one_of(
    "quizas?|tal vez|a lo mejor|(?:es )?posible(?:mente)?(?= que| le| te| lo)|probablemente|puede que",
    r"ojala|no (?:\w+ ){0,3}(?:asegurar|garantizar|prometer)|en principio|seguramente",
    "haremos (?:todo )?lo posible",
)
_AS_A_RULE: Final = one_of(
    "normalmente|generalmente|habitualmente|por lo general|suel(?:e|o|en|emos)",
    "horario (?:de atencion|comercial|es)|(?:abr(?:e|en|imos|iremos|ira)|atend(?:emos|eremos))"
    r"(?= (?:a|al|de|desde|el|los|hoy|manana|hasta|todos|llamadas|por)\b)|(?:estamos|estaremos"
    r"|estara) (?:abiert|cerrad)\w+",
    "cerraremos|reabr(?:e|imos|iremos)",
)
_SPOILS: Final = said(
    _TOLD_BY_OTHERS,
    _OVER,
    _NOT_MEANT,
    _NOT_CERTAIN,
    _AS_A_RULE,
)
_HARMLESS: Final = said(
    "no (?:dud[ae]s?(?: de)?(?: que)?|se preocupe|te preocupes|hay problema|pasa nada|mas tarde"
    "|despues del?|solo|mas de|obstante|se (?:apure|inquiete)|te apures|le quepa duda)",
    "sin (?:falta|duda|coste|costo|cargo|problemas?|compromiso|demora|mas|embargo)",
    r"(?:por|como|tanto|incluso|aun|ver|saber|comprobar|verificar|mirar|confirmar\w*|decir\w*|preguntar\w*|sobre) si",
    "(?:todo|cualquier|este|su|tu) caso de|una vez mas|en cuanto al?",
    "(?:claro|por supuesto|seguro) que si",
)
_CONDITION: Final = said(
    r"(?P<embedded>si)(?= \w)|siempre (?:que|y cuando)|a menos que|salvo que|a no ser que",
    "caso de(?: que)?|con tal (?:de )?que|a condicion de|una vez",
    r"apenas (?:recib|teng|nos)\w+|(?:despues|luego) de (?:recibir|que)",
    "tras (?:recibir|la recepcion|el pago)|al recibir",
    r"(?P<when>en cuanto|tan pronto|cuando (?:usted |nos |me |nosotros )?\w+)|previ[oa] (?:pago|envio|recepcion)",
    r"desde que (?:reciba|nos)\w*|mientras (?:no|nos)|de lo contrario|dependiendo|depende de|sujeto a",
    "pendiente de (?:que|recibir|confirmacion|aprobacion|pago)",
)
_ORDER: Final = re.compile(
    r"[\s\W]*(?:(?:hola|buen[oa]s \w+|estimad[oa]|por favor|entonces|solo|ya|claro|ok|vale|perfecto|si no"
    r"|sí)[\s,.!:]*)*"
    r"(?:(?:envi|mand|llam|confirm|facilit|proporcion|complet|firm|adjunt|rellen|avis|contest|devuelv|contact|pag|prepar|"
    r"indiqu|pas|acerqu|acerc|llen|escrib|respond|remit|conserv|esper)(?:e|a|en|ame|eme|anos|enos|elo|alo|eselo|aselo)?"
    r"|dig(?:a|ame|anos)|dime|dinos|haga(?:nos)?|haz(?:nos)?|traig(?:a|anos)|trae(?:nos)?|ven(?:ga)?|ponga(?:se)?)\b"
)
_DENIAL: Final = said(
    "no|nunca|jamas|tampoco|ni|nadie|imposible|sin|podri(?:a|amos|an)|deberian?",
    "intent(?:o|amos|are|aremos|ando|ar)|trat(?:are|aremos|amos|ar) de|procurar(?:e|emos)",
    "(?:me|nos) gustaria|(?:espero|esperamos|esperando) (?:poder|que)",
)
SPANISH: Final = Grammar(
    times=SPANISH_TIMES,
    spell=spanish,
    ways=SPANISH_WAYS,
    by_phone=re.compile(r"\s+(?:[\w']+\s+){0,3}?(?:por|via)\s+telef\w+|\s+telefonicamente"),
    nouns=_NOUNS,
    harmless=_HARMLESS,
    spoils=_SPOILS,
    condition=_CONDITION,
    order=_ORDER,
    joined=re.compile(r"\s(?:y|e)\s"),
    telling=whole(r"(?: usted)?(?: de)? que\b"),
    pronoun=re.compile(r"(?:este|esta|esto|eso|ese|el suyo|la suya)\b"),
    denial=_DENIAL,
    border=re.compile(r"[;:()]|,(?!\d)|\s(?:y|e|pero|aunque|asi que|luego)\s"),
    coming=said(r"manana|hoy|est[ea]s? \w+|proxim[oa]s?|que viene|dentro de|en \w+ (?:horas?|minutos|dias)"),
    told_past=re.compile(
        r"\b(?:no )?\w{2,}(?:ó|aron|ieron|aste|iste|aban?)\b|\b(?:\w+ veces|habia|estaba|hubo|fue|contesto"
        r"|respondio|pudo|recibio|llego)\b"
    ),
)
