"""How Spanish gives its word: "te llamo", "le haremos el reembolso", "recibirá su dinero", "el técnico pasará"."""

from typing import Final

from services.followup.words.commitments import ways
from services.followup.words.shapes import one_of
from services.followup.words.spanish_verbs import (
    GERUND,
    INFINITIVE,
    OTHER,
    OTHER_THEN,
    OTHERS,
    OWN_NOW,
    OWN_THEN,
    PARTICIPLE,
    WE_NOW,
)

_THEM: Final = "(?:(?:te|le|les|os|se|lo|la|los|las) )"
_BEHIND: Final = "(?:(?:te|le|les|os|se|sel|tel)?(?:lo|la|los|las)?)"
_SOON: Final = r"(?:(?:ya|yo|mism[oa]|tambien|ahora|luego|despues|hoy|personalmente) )*"
_STAFF: Final = one_of(
    "tecnic[oa]s?|instalador(?:es)?|operari[oa]s?|mensajer[oa]s?|repartidor(?:es)?|transportista",
    "companer[oa]s?|colegas?|perit[oa]s?|fontaner[oa]|plomer[oa]|electricista|motorizado|equipo",
    "departamento|area|supervisora?|encargad[oa]|gerente|responsable|jef[ea]|asesora?|gestora?",
    "ejecutiv[oa]|agente|inspectora?|especialista|comercial|empresa|compania|taller|cerrajer[oa]",
    r"gestor(?:es|as?)?|grua|ambulancia|servicio tecnico|servicio de \w+|coordinadora?|directora?|conductor"
    r"|chofer|unidad movil",
)
_AGENT: Final = (
    rf"(?:(?:mi|nuestr[oa]s?|un[oa]?s?|el|la|los|las|otr[oa]|algun)(?: de (?:mis|nuestr[oa]s))? {_STAFF}|alguien)"
    r"(?: (?:de|del|en) (?:la |el |mi |nuestr[oa] )?\w+){0,2}(?: [a-z]+)?"
)
_GOES: Final = (
    r"(?:pasara|pasa|ira|va|acudira|acude|vendra|viene|llegara|llega|se (?:pasara|pasa|personara|presentara"
    r"|desplazara|acercara)"
    r"|estara (?:en|alli|ahi|ahi))n?\b"
)
_CONTACT: Final = r"(?:(?:ponerme|ponernos|ponerse)|se pondran?|me pon(?:go|dre)|nos pon(?:emos|dremos)) en contacto"
_VOW: Final = one_of(
    "(?:me )?comprometo a|(?:nos )?comprometemos a|me encargo de|nos encargamos de|me encargare de",
    "nos encargaremos de|prometo|prometemos|garantizo|quedo en|quedamos en|he quedado en|juro",
    "proced(?:o|emos|ere|eremos|era) a|pas(?:o|amos|are|aremos) a|voy a|vamos a|vuelvo a|volvemos a",
    "volvere a|volveremos a|se volvera a|me ocupo de|nos ocupamos de|me ocupare de|nos ocuparemos de",
)
_NOT_NOW: Final = (
    r"(?! (?:hoy |ahora )?(?:para (?:informar|comunicar|confirmar|decir|preguntar|saber|recordar|agradecer"
    r"|pedir|explicar)"
    r"|porque|en relacion|con motivo|respecto|acerca|desde)\w*)"
)
""""Le escribo en relación con …" tells what the writer is doing, not what they will do."""
_THING: Final = r"(?:pedido|paquete|envio|mercancia|reembolso|dinero|pago|transferencia|producto|repuesto|pieza)s?"

_THEIRS: Final = "(?:vuelo|tren|avion|autobus|bus|banco|aseguradora|seguro|medico|hijo|hija|amig[oa]|familia)"


SPANISH_WAYS: Final = (
    # "me pongo en contacto", "nos comunicaremos con usted"
    *ways(rf"(?:le |te |les )?{_VOW} {_CONTACT}\b", rf"{_CONTACT}\b", kind="answer"),
    *ways(
        r"(?:me|nos) comuni(?:co|camos|care|caremos)\b",
        r"(?:me|nos) (?:estare|estaremos) comunicando\b",
        rf"{_VOW} comunicar(?:me|nos|le|te)\b",
        r"se comunicaran?\b",
        kind="answer",
    ),
    # "le mantendré informada", "te pongo al día"
    *ways(
        r"(?:(?:te|le|les|os|lo|la) )?(?:mantendre|mantendremos|mantengo|mantenemos|tendre"
        r"|tendremos) (?:informad|al)\w*",
        r"(?:(?:te|le|les|os|lo|la) )?(?:pon(?:go|emos|dre|dremos)) al (?:dia|tanto|corriente)",
        r"(?:te|le) tengo al tanto",
        kind="update",
    ),
    # "el técnico pasará", "iremos a su casa"
    *ways(
        rf"{_AGENT} (?:{_THEM})*{_GOES}(?! a (?:llamar|devolver|enviar|arreglar|reparar|cambiar|sustituir))",
        r"(?:pas(?:o|are|aremos)|pasamos) (?:por|a (?:ver|recoger|revisar|buscar|retirar)\w*|a (?:su|tu|domicilio))\b",
        r"(?:vamos|voy) a pasar(?:nos|me|te|le)? (?:por|a)\b",
        r"(?:ire|iremos|voy|vamos) a (?:su|tu|verl[eo]|visitar)\b",
        r"(?:ire|iremos|vendre|vendremos|voy a ir|vamos a ir|acudire"
        r"|acudiremos)\b(?! \w+ndo\b)(?! a (?:llamar|enviar)\w*)",
        r"nos (?:vemos|veremos)(?: (?!no\b)\w+){0,6}? en (?:su|tu)\b",
        r"(?:te|le|les|os) (?:caigo|caemos)\b",
        rf"(?:esta|estara) (?:alli|ahi|en su (?:casa|domicilio)) {_AGENT}",
        r"(?:me|nos) (?:paso|pasamos|pasare|pasaremos|acerco|acercaremos|acercare) (?:por|a)\b",
        kind="visit",
    ),
    # "le llamaremos", "te llamo", and without a pronoun only beside "mañana" and the like
    *ways(rf"(?:{_THEM})*{_SOON}{OWN_THEN}\b"),
    *ways(rf"{_THEM}+{_SOON}{OWN_NOW}\b(?! (?:mi|nuestra) palabra){_NOT_NOW}", doubt="past"),
    *ways(
        rf"{WE_NOW}\b",
        r"(?:(?P<callback>llamo)|(?P<other>anulo|cancelo|reviso)|(?P<other_moves>tramito|gestiono|hago)"
        r"|(?P<delivery_moves>mando|entrego)|(?P<refund_moves>devuelvo)|(?P<answer>escribo|confirmo"
        r"|respondo|contesto))\b" + _NOT_NOW,
        doubt="bare",
    ),
    *ways(r"(?:te|le|les|os) (?:cuento|contamos|contare|contaremos)\b", kind="answer"),
    # "le tengo la pieza", "lo tendrá arreglado", "me encargo de que"
    *ways(
        r"(?:(?:te|le|les|os|lo|la) )?(?:tendre|tendremos) (?:ya )?(?:list|preparad|arreglad|reparad"
        r"|solucionad|resuelt|una?|el|la|su|tu)\w*",
        r"(?:te|le|les|os) (?:tengo|tenemos) (?!(?:al|informad)\b)(?:list[oa]|una?|el|la|los|las|su|tu)\b",
        r"(?:comprometo|comprometemos|encargo|encargamos|encargare|encargaremos|ocupo|ocupamos) (?:a|de) que\b",
        r"(?:lo|la|los|las) (?:tiene|tienes|tendra|tendras) (?:ya )?(?:arreglad|reparad|solucionad|resuelt"
        r"|list)[oa]s?\b",
        r"tienes?(?: usted)?(?: ya)? (?:el|la|los|las|su|tu|una) (?:dinero|reembolso|pedido|paquete|pieza"
        r"|respuesta|solucion|coche|equipo)\b",
        r"tienes?(?: usted)? (?:alli|ahi|aqui|en casa|en su casa) ",
        otherwise="delivery",
    ),
    *ways(r"cobrar(?:a|as|an)\b", r"(?:te|le|les|os) (?:cae|caera|entra|entrara) (?:el|su|tu) pago\b", kind="payment"),
    *ways(
        r"(?:prometo|prometemos|garantizo|garantizamos|aseguro|aseguramos) (?:el|la|su|tu|una?)\b",
        r"proced(?:o|emos|ere|eremos|era) (?:al|a la|a su|a tu)\b",
    ),
    *ways(
        r"(?:volver(?:a|an)|va a volver) a (?:funcionar|estar|tener)\b",
        r"(?:funcionar(?:a|an)|va a funcionar)\b",
        kind="repair",
    ),
    *ways(rf"quedan? {_SOON}{PARTICIPLE}\b", doubt="bare"),
    *ways(
        r"y (?:te |le |les |os )?(?:llegara|llega|llegaran|llegan|recibira|recibiras|tendra|tendras)\b",
        follows=True,
        otherwise="delivery",
    ),
    *ways(r"habl(?:o|are|amos|aremos) con(?:tigo| usted| ud)\b", kind="callback", doubt="past"),
    *ways(rf"(?:pasar|ir|acudir|vendr|estar)an? (?:\w+ )?{_AGENT}", kind="visit"),
    *ways(
        r"(?<![a-z]\s)(?<![a-z])(?:te|le|les|os) (?:(?P<callback>llamara)|(?P<visit>visitara)"
        r"|(?P<answer>escribira|contactara)) [a-z]+"
    ),
    # "voy a llamarle", "le estaremos enviando", "se le va a pagar", "le van a llamar"
    *ways(rf"(?:{_THEM})*{_VOW} {_SOON}{INFINITIVE}{_BEHIND}\b"),
    *ways(rf"(?:{_THEM})*(?:estare|estaremos|estoy|estamos) {_SOON}{GERUND}{_BEHIND}\b"),
    *ways(
        rf"se {_THEM}*estaran? {GERUND}{_BEHIND}\b",
        rf"se {_THEM}*van? a {INFINITIVE}{_BEHIND}\b",
        rf"{_THEM}+van a {INFINITIVE}{_BEHIND}\b",
    ),
    # "se le abonará", "le entregan", "se repone mañana"
    *ways(rf"se {_THEM}*{OTHER_THEN}\b", rf"(?:te|le|les|os) {OTHERS}\b"),
    *ways(
        r"se (?:te |le |les )?(?:(?P<delivery>entrega|envia)|(?P<replacement>repone|sustituye|cambia)"
        r"|(?P<repair>repara|arregla)"
        r"|(?P<refund>devuelve|reembolsa)|(?P<payment_moves>abona|paga|ingresa))n?\b",
    ),
    # "voy a revisarlo y llamarle"
    *ways(rf"y (?:luego |despues )?{INFINITIVE}{_BEHIND}\b", follows=True),
    *ways(rf"{_VOW}(?: \w+){{1,9}}? y {INFINITIVE}{_BEHIND}\b"),
    # "será reembolsado", "quedará reparada", "estará en su cuenta"
    *ways(
        rf"{_THEM}*hab(?:re|remos) {PARTICIPLE}\b",
        rf"(?:ser|quedar|estar)(?:a|as|an) {_SOON}{PARTICIPLE}\b",
        rf"(?:va|vas|van) a (?:ser|quedar|estar) {PARTICIPLE}\b",
    ),
    *ways(
        r"(?:se |lo |la )?ver(?:a|as|an|emos) (?:reflejad|abonad|ingresad|devuelt)\w+",
        r"(?:lo|la) ver(?:a|as|an) en (?:su|tu)\b",
        otherwise="refund",
    ),
    *ways(
        r"(?:estar|quedar)an? (?:ya |de vuelta |de nuevo )*(?:en|list[oa]s?|disponibles?|reflejad[oa]s?|hech[oa]s?)\b"
    ),
    # "mi compañera le llamará", "le llama mi compañera"
    *ways(rf"{_AGENT} (?:{_THEM})*{OTHER}\b", rf"{_AGENT} (?:{_THEM})*van? a {INFINITIVE}{_BEHIND}\b"),
    *ways(rf"(?:te|le|les|os) {OTHER} (?:\w+ )?{_AGENT}"),
    # "recibirá su dinero", "le llegará el paquete", "cuente con ello"
    *ways(
        r"(?:recibir|obtendr|dispondr|tendr)(?:a|as|an)(?! (?:que|hasta|lugar|derecho|acceso|un plazo"
        r"|\d+ (?:dias|horas)))\b",
        r"(?:va|vas|van) a (?:recibir|tener)\b",
        r"(?:puede|puedes|pueden) (?:esperar|contar con)\b",
        r"(?:cuente|cuenta) con\b",
        r"ver(?:a|as|an) (?:el|su|tu|la)\b",
        r"(?:lo|la|los|las) (?:tiene|tienes|recibe|recibes)(?= (?:en|manana|hoy|el|list[oa]|resuelt[oa]|ya"
        r"|antes|para|esta)\b)",
        r"(?:lo|la|los|las) recibes\b",
        r"(?:te|le|les|os) (?:llegara|llega|llegaran|llegan|va a llegar|estara llegando)\b",
        rf"{_THING}\b(?: (?!(?:no|y|que|si)\b)\w+){{0,4}}? (?:llegara|llega|llegaran|llegan|saldra|sale|salen|saldran"
        rf"|va a (?:llegar|salir))\b",
        rf"(?:su|tu|el|la|los|las) (?!{_THEIRS}\b)\w+(?: (?!(?:no|y|o|que|si|pero|le"
        rf"|te)\b)\w+){{0,4}} (?:(?:te|le|les) )?(?:llegaran?|vendran?)\b",
        rf"(?:llegara|llega|llegaran|sale|salen|saldra) (?:tu|su|el) {_THING}\b",
        otherwise="delivery",
    ),
    # "la visita queda programada", "espere nuestra llamada"
    *ways(
        r"(?:visita|llamada|entrega|reparacion|recogida|instalacion)(?: (?!no\b)\w+){0,4} (?:queda|esta"
        r"|ha quedado|estara|quedara)"
        r" (?:ya )?(?:programad|agendad|fijad|confirmad|previst|concertad|planificad)[oa]s?\b",
        r"(?:queda|esta|he|hemos) (?:programad|agendad|fijad|concertad|previst)[oa] (?:la|el|su|tu|una|un)\b",
    ),
    *ways(
        r"(?:visita|llamada|entrega|reparacion|recogida|instalacion|devolucion)(?: (?!(?:no|y"
        r"|que)\b)\w+){0,4} (?:sera|tendra lugar)\b",
        r"(?:espere|espera|esperen) (?:nuestra|mi|una|la|el|su|tu) (?=llamada|respuesta|visita|paquete|pedido)",
    ),
    *ways(r"(?:hablaremos|hablamos)\b(?! con)", kind="callback", doubt="past"),
)
