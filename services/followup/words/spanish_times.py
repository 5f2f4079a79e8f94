"""How Spanish speaks of times. The text is plain: small letters, no accents."""

from typing import Final

from services.followup.words.numbers import HOUR, NUMBER
from services.followup.words.pieces import TimeWords, What
from services.followup.words.places import ZONE_CODES
from services.followup.words.shapes import ending, listed, one_of, shapes, whole

_DAYS: Final = "lunes martes miercoles jueves viernes sabado domingo"
WEEKDAY: Final = one_of(*listed(_DAYS))
MONTH: Final = one_of("enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre")
_N, _H = NUMBER["es"], HOUR["es"]

# ---- hours of the clock: "a las cuatro y media de la tarde", "16:30 h", "4 p. m."
_OF_DAY: Final = r"a\.? ?m\b\.?|p\.? ?m\b\.?|(?:de|en|por) la (?:manana|tarde|noche|madrugada)\b|del? medio ?dia\b"
_AP, _AP1 = f"(?: ?(?P<ap>{_OF_DAY}))", f"(?: ?(?P<ap1>{_OF_DAY}))"
_HRS: Final = r"(?: ?h(?:oras|rs?|s)?\b\.?)"
_FIVES: Final = r"(?:media|cuarto|veinticinco|veinte|diez|cinco|\d\d?)\b"
_PLUS: Final = rf"(?:[:.h](?P<m>[0-5]\d)(?!\d))?(?: y (?P<past>{_FIVES}))?(?: menos (?P<to>{_FIVES}))?(?: en punto)?"
_NO_CLOCK: Final = (
    rf"(?![\da-gi-zó]|[.,:]\d| ?(?:[/%€$]|(?:euros|eur|usd|soles|pesos|dolares|dias|semanas|meses|minutos"
    rf"|veces|cuotas)\b"
    rf"|(?:de )?{MONTH}|horas? (?:habil|labor)))"
)
_CLOCK: Final = rf"(?P<h>{_H}){_PLUS}{_NO_CLOCK}{_HRS}?{_AP}?"
_FIRST: Final = rf"(?P<h1>{_H})(?:[:.h](?P<m1>[0-5]\d))?(?: y (?P<past1>{_FIVES}))?{_HRS}?{_AP1}?"

# ---- days: "el lunes 3 de marzo", "pasado mañana", "el día 30"
_NUMBER: Final = (
    rf"\d\d?(?:ro|o)?(?!\d|[:.h]\d|{_HRS}| ?(?:am|pm|a\.m|p\.m)\b| (?:de la (?:manana|tarde|noche)|en punto|y media"
    r"|y cuarto|dias)\b)"
)
_YEAR: Final = r"(?: del? (?P<year>\d{4}))?"
_DATE: Final = rf"(?P<number>{_NUMBER}|primero|uno) de (?P<month>{MONTH}){_YEAR}\b"
_ALONG: Final = r"(?:en|durante|a lo largo de|en el (?:trans)?curso de|dentro de)"

# ---- amounts: "en un plazo máximo de 3 a 5 días hábiles"
_ABOUT: Final = (
    r"(?:(?:menos de|no mas de|(?:un )?maximo(?: de)?|solo|tan solo|apenas|unos|unas|aproximadamente|cosa de|aprox\.?"
    r"|como|mas o menos|alrededor de|entre|(?:en )?(?:l[oa]s|el|la) proxim[oa]s?|proxim[oa]s?|siguientes?"
    r"|(?:el )?(?:trans)?curso de) )*"
)
_TERM: Final = (
    r"(?:un |el |su )?(?:plazo|periodo|tiempo|lapso|espacio|termino|margen)"
    r"(?: (?:maximo|estimado|aproximado|habitual|no (?:mayor|superior)))* (?:de|a)"
)
_LEAD: Final = (
    rf"(?:(?:en(?: l[oa]s)?|dentro de(?: l[oa]s)?|antes de|por)(?: {_TERM})?|{_TERM}|de aqui a|(?:los"
    rf"|las) (?:proxim[oa]s|siguientes)|a los"
    r"|dame|deme|denos|danos|permitame|antes de que pasen|(?:como )?maximo(?: en)?)"
)
_UNIT: Final = (
    r"(?:(?P<minute>min(?:uto|utito)?s?\b\.?)|(?P<hour>h(?:ora|r|orita)?s?\b\.?)|(?P<day>dias?\b)|(?P<week>semanas?\b)"
    r"|(?P<month>mes(?:es)?\b))(?: (?:(?P<business>habil(?:es)?|laborables?|laborales)|naturales|corridos)\b)?"
)
_LOW: Final = rf"(?:(?P<low>{_N})(?: ?- ?| (?:a|o|y|u) ))?"

# ---- weeks and months: "la semana que viene", "a finales de mes"
_AHEAD: Final = r"(?:que (?:viene|entra)|proxim[oa]|entrante|siguiente)"
_END: Final = (
    r"(?P<end>(?:(?:a|al|para|hacia) )?(?:el )?(?:fin(?:al|ales)?|ultimos)(?: dias)? de|antes de que (?:se )?"
    r"(?:acabe|termine|finalice|concluya)|(?:antes de|al) (?:acabar|terminar|finalizar))"
)
_PORTION: Final = (
    rf"(?:{_END}|(?P<middle>(?:a )?mediados de)|(?P<begin>(?:a )?(?:principios|comienzos) de))l?(?: (?:el|la|est[ea]))?"
)

_UNDATED: Final = "".join(rf"(?<!{name}\s)" for name in (*listed(_DAYS), "dia", "el"))
"""Not behind a day: "el martes 10 por la tarde" names a date, "a las 10 por la noche" an hour."""

_TABLE: Final[tuple[tuple[What, str], ...]] = (
    ("past", r"(?:ayer|anteayer|antier|antes de ayer|anoche)\b"),
    ("past", rf"(?:{WEEKDAY}|semana|mes|ano|dia|noche)(?: \d\d?)? pasad[oa]s?\b"),
    ("past", rf"pasad[oa] (?:{WEEKDAY}|semana|mes|dia)\b"),
    ("past", rf"hace (?:ya |mas de |unos |unas |casi )*(?:{_N}|varios|varias) \w+"),
    ("habit", rf"(?:de|los) {WEEKDAY}s? (?:a|y) {WEEKDAY}s?\b"),
    ("habit", rf"{WEEKDAY}s?(?: ?- ?| a | hasta el ){WEEKDAY}s?\b"),
    ("habit", rf"(?:cada|todos los|todas las) (?:{WEEKDAY}s?|dias?|semanas?|mes(?:es)?|mananas?|tardes?)\b"),
    ("habit", rf"los (?:dias )?{WEEKDAY}s?\b"),
    ("habit", r"(?:24/7|las 24 horas|de cada (?:mes|semana|dia|ano)|a diario|diariamente)\b"),
    ("span", r"(?:en|dentro de) (?P<quarters>un cuarto|tres cuartos) de (?P<hour>hora)\b"),
    ("span", r"(?:en|dentro de) (?:una )?(?P<hour>hora) y (?P<half>media)\b"),
    (
        "span",
        (
            rf"{_LEAD} {_ABOUT}(?P<n>{_N}) ?(?P<hour>h(?:ora|r|orita)?s?\.?),? ?(?:y )?"
            rf"(?P<more>{_N}) ?min(?:uto|utito)?s?\b"
        ),
    ),
    ("span", rf"{_LEAD} {_ABOUT}{_LOW}(?P<n>{_N})(?: ?\((?:\d+|[a-z]+)\))? ?{_UNIT}(?: y (?P<half>media)\b)?"),
    ("span", r"a (?P<n>\d\d?) (?P<day>dias)(?: (?P<business>habiles|laborables))?\b"),
    ("span", rf"(?P<low>\d\d?)(?: ?- ?| (?:a|o) )(?P<n>\d\d?) ?{_UNIT}"),
    ("range", rf"(?:entre|de|desde) (?:las? )?{_FIRST}(?: ?- ?| (?:y|a|hasta) )(?:las? )?{_CLOCK}"),
    ("span", r"(?:en|dentro de|durante) la (?:proxima|siguiente) (?P<hour>hora)\b"),
    ("range", rf"(?:entre|de|desde) (?:las? )?{_FIRST} (?:y|a|hasta) (?:el )?(?P<noon>medio ?dia)\b"),
    ("range", rf"(?:entre|desde)(?: el)? (?P<noon1>medio ?dia) (?:y|hasta) (?:las? )?{_CLOCK}"),
    ("clock", rf"a las? {_CLOCK}"),
    ("clock", rf"(?P<h>\d\d?)[:.h](?P<m>[0-5]\d){_NO_CLOCK}{_HRS}?{_AP}?"),
    ("clock", rf"(?:las? )?(?P<h>{_H}){_PLUS}{_HRS}?(?! (?:por|en) la\b){_AP}"),
    ("clock", rf"{_UNDATED}(?:las? )?(?P<h>{_H}){_PLUS}{_HRS}?{_AP}"),
    ("hour", rf"las? {_CLOCK}"),
    ("part", r"(?:a )?primeras? horas? de la (?P<early_afternoon>tarde)\b"),
    ("part", r"(?:a )?ultimas? horas? de la (?P<morning>manana)\b"),
    ("part", r"(?:(?:a|en) (?:la )?)?ultima (?P<late>hora)(?: de la tarde| del dia)?\b"),
    (
        "part",
        (
            r"(?P<early>(?:(?:a|en) (?:la )?)?primer(?:as?|isima) horas?(?: de la manana| del dia)?|(?:muy "
            r"|bien )?tempran(?:it)?o)\b"
        ),
    ),
    (
        "part",
        (
            r"(?P<close>(?:al |el )?(?:fin|final|cierre) de (?:la |nuestra )?(?:jornada|oficina)|(?:el "
            r"|al )?cierre|cerrar)\b"
        ),
    ),
    ("part", r"(?P<dayend>(?:al |el )?fin(?:al)?(?:es)? del? dia|antes de que (?:acabe|termine|finalice) el dia)\b"),
    ("part", r"(?P<noon>(?:(?:a|al|el|(?<!antes\s)del) )?medio ?dia)\b"),
    ("part", r"(?P<midnight>(?:la )?media ?noche)\b"),
    ("part", rf"(?:(?:{_ALONG}|por|a|de)(?: toda)? la|esta(?: misma)?) (?P<morning>manana)\b"),
    ("part", r"la (?P<morning>manana) del\b"),
    ("part", rf"(?:(?:(?:{_ALONG}|por|a|de)(?: toda)? la|esta(?: misma)?|la) )(?P<afternoon>tarde)(?:cita)?\b"),
    ("part", rf"(?:(?:(?:{_ALONG}|por|a|de) la|esta(?: misma)?|la) )(?P<evening>noche)\b"),
    ("period", r"(?:(?:el|este|proximo) )*(?P<weekend>fin de semana|finde)\b"),
    ("period", rf"(?:{_PORTION} )?(?:la )?(?P<week>(?P<next>proxima|siguiente) semana|semana (?P<next2>{_AHEAD}))\b"),
    ("period", rf"(?:{_PORTION} )?(?:el )?(?P<month>(?P<next>proximo|siguiente) mes|mes (?P<next2>{_AHEAD}))\b"),
    ("period", rf"{_PORTION} (?:(?P<week>semana)|(?P<month>mes)|(?P<year>ano)|(?P<named>{MONTH}))\b"),
    ("period", rf"(?:{_ALONG} )?esta (?:misma |propia )?(?P<week>semana)\b"),
    ("period", rf"(?:{_ALONG} )?este (?:mismo )?(?P<month>mes)\b"),
    ("day", r"(?P<iso>\d{4}-\d\d-\d\d)\b"),
    ("day", r"(?P<after_next>pasado manana)\b"),
    ("day", rf"(?P<weekday>{WEEKDAY})\b,? (?:dia )?{_DATE}"),
    ("day", rf"(?P<weekday>{WEEKDAY})\b,? (?:dia )?(?P<number>{_NUMBER})"),
    ("day", rf"(?P<weekday>{WEEKDAY})\b(?:,? (?P<coming>{_AHEAD})\b)?"),
    ("day", rf"(?:dia )?{_DATE}"),
    ("day", rf"dia (?P<number>{_NUMBER}|primero|uno)"),
    ("day", r"(?P<numeric>\d\d?/\d\d?(?:/(?:\d{4}|\d\d))?|\d\d?[-.]\d\d?[-.]\d{4})(?![/\d])"),
    ("day", rf"(?:{_ALONG}l? (?:el )?(?:dia de )?)?(?P<today>hoy)(?: mismo| dia)?\b"),
    ("day", rf"(?:{_ALONG}l? (?:el )?(?:dia de )?)?(?P<tomorrow>manana)(?: mismo)?\b"),
    ("day", r"(?:durante|a lo largo|en el (?:trans)?curso) (?:del|el) (?P<today>dia)\b(?! de )"),
    (
        "day",
        rf"(?<=el\s)(?P<number>{_NUMBER})(?= (?:l[eoa]s?|te|se|recib|tend|sin falta|por|a las?|antes|como)|[.,;]|$)",
    ),
    ("hour", rf"(?P<h>\d\d?){_HRS}"),
)
_PLACE: Final = (
    r"ciudad de mexico\b|[a-z]+(?:[\s/-](?!(?:[aeouy]|al|antes|como|con|cuando|del?|el|en|hoy|l[aeo]s?|manana|nos"
    rf"|para|por|que|se|si|sin|su|te|tu|{WEEKDAY})\b)[a-z]+){{0,2}}"
)
_FILL: Final = r"(?: (?:el|la|las|los|a|dia|dias|este|esta|proximo|proxima|mismo|un|una|fecha))*"

SPANISH_TIMES: Final = TimeWords(
    shapes=shapes(_TABLE),
    markers=(
        ("before", ending(rf"antes del?{_FILL}")),
        (
            "by",
            ending(
                rf"(?:para|a mas tardar|como (?:muy tarde|maximo|mucho|tope)|no (?:mas tarde|despues"
                rf"|mas alla) del?|maximo"
                rf"|tope|limite|plazo),?{_FILL}"
            ),
        ),
        ("after", ending(rf"(?:a partir del?|despues del?|desde|pasad[oa]s){_FILL}")),
        ("around", ending(rf"(?:sobre|hacia|a eso de|alrededor de|aproximadamente|tipo){_FILL}")),
        ("until", ending(rf"hasta{_FILL}")),
        ("between", ending(rf"entre{_FILL}")),
        ("of", ending(r"(?:de|del)(?: (?:el|dia|pasado|proximo))*")),
    ),
    between=whole(
        r"[\s,()]*(?:(?:el|la|las|los|a|al|de|del|en|por|para|antes|mas|tardar|como|muy|tarde|maximo|sobre|hacia|eso|partir"
        r"|desde|alrededor|dia|mismo|no|proximo|este|esta|tipo|entre)[\s,()]+)*"
    ),
    either=whole(r" ?,? ?(?:o|u|o a mas tardar|o como mucho)(?: (?:el|la|las|los|a|dia|de))* "),
    up_to=whole(r" (?:y|al?|hasta)(?: (?:el|la|las|los|dia))* "),
    latest=whole(r"[\s,(]*(?:a mas tardar|como (?:muy tarde|maximo|mucho|tope)|maximo|tope)\b"),
    runs_from=whole(
        r"[\s,]*(?:desde (?:que|la|el|su)|tras|despues de|luego de|a partir de (?:la|el|que|su)|a contar|contad[oa]s"
        r"|posteriores|siguientes (?:a|de)|de (?:la )?(?:recepcion|recibir|haber|su)|una vez|cuando|al recibi[rd])\b"
    ),
    zone=whole(
        rf"[\s,]*\(?(?:en )?(?:(?:su|tu) hora\b|hora (?:local )?(?:de |en )?(?:la )?(?P<place>{_PLACE})"
        rf"|(?P<code>{ZONE_CODES})\b)\)?"
    ),
)
