"""The words by which replies are read, as patterns over small letters, straight apostrophes and single spaces."""

from typing import Final

_DONE: Final = "(?:solucionad[oa]|resuelt[oa]|arreglad[oa]|soluciona|resuelve|arregla)"
_HAS_NOT: Final = "(?:llegado|llamado|devuelto|pagado|hecho|contestado|venido|cambiado)"
_GOODS_ES: Final = "(?:reembolso|paquete|dinero|pieza)"
_GOODS_EN: Final = "(?:refund|parcel|money|replacement)"
_STILL: Final = (
    "no",
    "not",
    "broken",
    "wrong",
    "waiting",
    "missing",
    "failing",
    "leaking",
    "happening",
    "nothing",
    "the same",
    "can't",
    "cannot",
    "have no",
    "have not",
    "haven't",
    "has not",
    "hasn't",
    "does not",
    "doesn't",
    "do not",
    "don't",
    "is not",
    "isn't",
)

NOT_SOLVED: Final = (
    rf"no (?:\w+ ){{0,4}}{_DONE}",
    r"(?:sigue|sigo|siguen|seguimos|continúa|continua) (?!agradecid|content|satisfech)\w+",
    r"(?:todavía|todavia|aún|aun) (?:no|sin|espero|estoy esperando)",
    r"no (?:me |se )?funciona",
    rf"no (?:me |se )?(?:ha|han|habéis|habeis) {_HAS_NOT}",
    r"(?:otra vez|de nuevo|nuevamente) (?:lo mismo|igual|ha|se|me|está|esta|falla|roto|rota)",
    r"no (?:estoy|estamos|quedo) (?:nada )?(?:conforme|conformes|satisfech\w+|content\w+|de acuerdo)",
    r"sin (?:solución|solucion|solucionar|resolver|arreglar|respuesta)",
    r"han? vuelto a \w+",
    r"(?:not|isn't|wasn't|hasn't|never) (?:\w+ ){0,3}(?:solved|resolved|fixed|sorted|repaired)",
    rf"still (?:{'|'.join(_STILL)})",
    r"(?:doesn't|does not|didn't|did not|won't) work",
    r"(?:happened|broke|broken|failed|fails|charged me|stopped|stopped working) again",
    r"not (?:at all )?(?:happy|satisfied|acceptable|good enough)",
    r"(?:thanks|thank you) for nothing|gracias por nada|great,? just great",
    r"not working|still have the same",
    r"(?:you|nobody|no one) (?:have |has )?never \w+|nadie me (?:ha )?\w+",
    r"nothing (?:has )?(?:changed|happened|arrived)",
    r"(?:nobody|no one) (?:has )?(?:called|answered|come|came|replied)",
)
"""It is not over."""

THANKS: Final = (
    r"(?:(?:muchas|muchísimas|mil|un millón de) )?gracias",
    r"(?:muy )?agradecid[oa]s?",
    r"(?:te|se|os) lo agradezco",
    r"(?:many )?thanks(?: a lot| again| so much| very much)?",
    r"thank you(?: so much| very much| again)?",
    r"cheers",
    r"much appreciated",
    r"(?:i|we) appreciate (?:it|that)",
)
"""They thank us."""

CONTENT: Final = (
    r"perfecto|genial|estupendo|fenomenal|vale|de acuerdo|todo bien|todo correcto|ya está|ya esta|ya funciona",
    r"problema (?:solucionado|resuelto)|problem solved",
    r"solucionado|resuelto|arreglado|sin problema",
    r"ok|okay|great|perfect|excellent|wonderful|all (?:good|fine|well)|that's (?:fine|great|all)|good job",
    r"(?:quedo )?a la espera(?: de (?:su|tu|vuestra) (?:llamada|respuesta))?|(?:quedo|estoy) atent[oa]",
    r"espero (?:su|tu|vuestra) (?:llamada|respuesta)(?: (?:a las|el) \w+)?|muy amables?|hablamos(?: pronto| mañana)?",
    r"(?:i'll|i will|we'll) wait(?: for your (?:call|reply|answer))?",
    r"looking forward to (?:it|your (?:call|reply)|hearing from you)",
    r"(?:speak|talk)(?: to you)? (?:soon|then|later|tomorrow|on \w+day)",
    rf"(?:ya )?(?:me )?(?:ha )?(?:llegó|llegado|he recibido|recibí) (?:todo|(?:el|la) {_GOODS_ES})",
    rf"(?:i |i've |i have )?(?:received|got) (?:it|(?:the|my) {_GOODS_EN})",
    rf"{_GOODS_EN} (?:has |have )?(?:arrived|come)|that worked",
    r"no necesito nada más|(?:enviado desde mi|sent from my) \w+",
    r"solved|fixed|sorted|it works(?: now)?|works (?:now|fine|again)|no problem",
)
"""They say that it is well."""

SIGNS: Final = "👍🙏😊🙂❤"
"""The same without words."""

CONDITION: Final = r"\b(?:if|si|in case|unless|cuando|when)\b[^.,;!?\n]*"
"""What has not happened."""

FILLER: Final = frozenset(
    {
        *(
            "a",
            "al",
            "con",
            "de",
            "del",
            "el",
            "ella",
            "en",
            "es",
            "está",
            "esta",
            "la",
            "las",
            "le",
            "les",
            "lo",
            "los",
        ),
        *("me", "mi", "mucho", "muy", "más", "mas", "nos", "os", "para", "por", "que", "se", "su", "sus", "te", "todo"),
        *("todas", "todos", "tu", "tus", "un", "una", "vosotros", "vuestra", "vuestro", "y", "ya", "usted", "ustedes"),
        *("ahora", "atención", "atencion", "atentamente", "ayuda", "amabilidad", "abrazo", "buen", "buenas", "bueno"),
        *("buenos", "cordial", "cordiales", "dinero", "día", "dia", "días", "dias", "equipo", "gestión", "gestion"),
        *(
            "hola",
            "hoy",
            "noches",
            "paciencia",
            "pronto",
            "rapidez",
            "recibido",
            "respuesta",
            "rápida",
            "saludo",
            "saludos",
        ),
        *(
            "servicio",
            "señor",
            "señora",
            "tardes",
            "and",
            "all",
            "been",
            "by",
            "for",
            "from",
            "has",
            "have",
            "her",
            "him",
        ),
        *("i", "in", "is", "it", "my", "now", "s", "so", "that", "the", "this", "very", "was", "with", "you", "your"),
        *("best", "day", "dear", "evening", "everyone", "everything", "fast", "good", "hello", "help", "hi", "kind"),
        *(
            "money",
            "morning",
            "mr",
            "mrs",
            "ms",
            "much",
            "patience",
            "quick",
            "received",
            "regards",
            "reply",
            "service",
        ),
        *("sincerely", "team", "today", "yours", "to", "of", "just", "wanted", "say"),
    }
)
"""Words that add nothing to a thanks."""
