"""How English speaks of times. The text is plain: small letters, no accents."""

from typing import Final

from services.followup.words.numbers import HOUR, NUMBER
from services.followup.words.pieces import TimeWords, What
from services.followup.words.places import ZONE_CODES
from services.followup.words.shapes import ending, listed, one_of, shapes, whole

WEEKDAY: Final = "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues?|wed|thu(?:rs?)?|fri)"
MONTH: Final = one_of(
    "january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar",
    "apr|jun|jul|aug|sept?|oct|nov|dec",
)
_N, _H = NUMBER["en"], HOUR["en"]

# ---- hours of the clock: "half past three", "4:30 p.m.", "at four in the afternoon"
_OF_DAY: Final = r"a\.? ?m\b\.?|p\.? ?m\b\.?|in the (?:morning|afternoon|evening)\b|at night\b"
_AP, _AP1 = f"(?: ?(?P<ap>{_OF_DAY}))", f"(?: ?(?P<ap1>{_OF_DAY}))"
_MIN: Final = r"(?:[:.](?P<m>[0-5]\d)(?!\d))?"
_SHARP: Final = r"(?: ?o'? ?clock)?(?: (?:sharp|exactly|on the dot))?"
_AFTERWARDS: Final = one_of(
    "today|tomorrow|tonight|on|in|to|and|or|at|for|with|this|next|your|our|local|if|as|so|when|but",
    "about|the latest|from|because|by|then|regarding|once|when|unless|latest|hrs|hours|h|i|i'll|we",
    "we'll|you|you'll|he|she|they|someone|my|a|the|cet|gmt|bst|est|eastern|central|pacific",
    r"(?:[a-z]+ ){1,3}time",
    WEEKDAY,
)
_END: Final = rf"(?= ?(?:$|[.,;:!?)-](?!\d)| {_AFTERWARDS}\b))"
_CLOCK: Final = (
    rf"(?P<h>{_H})(?= ?[ap]\.? ?m\b|ish|\b)(?:ish)?{_MIN}(?:{_SHARP}{_AP}|{_SHARP}(?: ?(?:hrs|hours|h)\b)?{_END})"
)
_FIRST: Final = rf"(?P<h1>{_H})(?:[:.](?P<m1>[0-5]\d))?(?: ?o'? ?clock)?{_AP1}?"

# ---- days: "Friday the 28th of August", "the day after tomorrow"
_NUMBER: Final = r"\d\d?(?!\d|[:.]\d| ?(?:am|pm|a\.m|p\.m|o'clock|days?|hours?|h)\b)"
_ORDINAL: Final = r"\d\d?(?:st|nd|rd|th)\b"
_YEAR: Final = r"(?:,? (?P<year>\d{4})\b)?"
_DATE: Final = one_of(
    rf"(?:the )?(?P<number>{_ORDINAL}|{_NUMBER})(?: of)? (?P<month>{MONTH})\b\.?{_YEAR}",
    rf"(?P<month2>{MONTH})\.? (?:the )?(?P<number2>{_ORDINAL}|{_NUMBER})(?:,? (?P<year2>\d{{4}})\b)?",
)

# ---- amounts: "within the next two to three working days"
_ABOUT: Final = (
    r"(?:(?:the next|the following|next|about|around|approximately|roughly|under|less than|up to|no more than|at most"
    r"|a maximum of|maximum|only|just|as little as|between|another|a further|the course of) )*"
)
_LEAD: Final = (
    r"(?:within|in|inside|over|during|no more than|not more than|no later than|less than"
    r"|the next|give me|give us|after)"
)
_UNIT: Final = (
    r"(?:(?P<minute>min(?:ute)?s?\b)|(?P<hour>h(?:our|r)?s?\b)|(?P<day>days?\b)|(?P<week>weeks?\b)|(?P<month>months?\b)"
    r"|(?P<fortnight>fortnight\b))"
)
_LOW: Final = rf"(?:(?P<low>{_N})(?: ?- ?| (?:to|or|and) ))?"
_KIND: Final = r"(?:(?P<business>working|business|week)|calendar|full|whole|more|short)"

# ---- weeks and months: "by the end of next week"
_PORTION: Final = (
    r"(?:(?:(?P<end>(?:the )?(?:very )?end of|later|late)|(?P<middle>(?:the )?middle of|mid)|(?P<begin>(?:the )?"
    r"(?:beginning|start) of|early))(?: ?-| ) ?(?:the )?)"
)

_UNDATED: Final = "".join(
    rf"(?<!{name}\s)"
    for name in listed(
        """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
        september october november december jan feb mar apr jun jul aug sep sept oct nov dec"""
    )
)
"""Not behind a day or month: "March 10 in the morning" names a date."""

_TABLE: Final[tuple[tuple[What, str], ...]] = (
    ("past", r"(?:yesterday|last (?:night|week|month|year|time))\b"),
    ("past", rf"(?:last|this past) {WEEKDAY}\b"),
    ("past", rf"(?:{_N}|several|some|few) (?:{_KIND} )?\w+ ago\b"),
    ("habit", rf"(?:from )?{WEEKDAY}s?(?: ?- ?| (?:to|through|thru|until|till) ){WEEKDAY}s?\b"),
    ("habit", rf"(?:every|each) (?:{WEEKDAY}|day|week|month|morning|afternoon|evening)\b"),
    ("habit", r"(?:mon|tues|wednes|thurs|fri|satur|sun)days\b"),
    ("habit", r"(?:24/7|around the clock|daily|(?:days|hours|times) (?:a|per) (?:day|week))\b"),
    ("span", rf"{_LEAD} an? {_UNIT} or (?P<n>two)\b"),
    ("span", rf"{_LEAD} {_ABOUT}(?P<n>an?|one) (?P<hour>hour) and a (?P<half>half)\b"),
    ("span", rf"{_LEAD} {_ABOUT}(?:a )?(?P<quarters>quarter|three quarters) of an (?P<hour>hour)\b"),
    ("span", rf"{_LEAD} {_ABOUT}(?P<n>{_N}) ?(?P<hour>h(?:our|r)?s?),? ?(?:and )?(?P<more>{_N}) ?min(?:ute)?s?\b"),
    ("span", rf"{_LEAD} {_ABOUT}{_LOW}(?P<n>{_N})(?: ?\((?:\d+|[a-z]+)\))? ?-? ?(?:{_KIND} )?{_UNIT}"),
    ("span", rf"{_LEAD} the (?:next|coming) (?P<hour>hour)\b"),
    ("span", r"(?P<n>a) (?P<week>week) from (?:today|now)\b"),
    ("range", rf"(?:between|from) {_FIRST}(?: ?- ?| (?:and|to|until|till) ){_CLOCK}"),
    ("range", rf"(?:between|from) {_FIRST}(?: ?- ?| (?:and|to|until|till) )(?P<noon>(?:12 )?noon|midday)\b"),
    ("range", rf"(?:between|from) (?P<noon1>noon|midday) (?:and|to|until|till) {_CLOCK}"),
    ("range", rf"{_FIRST}(?: ?- ?| to )(?P<h>\d\d?){_MIN}{_AP}"),
    ("clock", rf"half past (?P<h>{_H})(?P<half>)\b{_AP}?"),
    ("clock", rf"(?:a )?(?P<past>quarter|five|ten|twenty|twenty-five) past (?P<h>{_H})\b{_AP}?"),
    ("clock", rf"(?:a )?(?P<to>quarter|five|ten|twenty|twenty-five) to (?P<h>{_H})\b{_AP}?"),
    ("clock", rf"(?P<h>\d\d?)[:.](?P<m>[0-5]\d)(?![\d/%€]|[.,]\d){_AP}?"),
    ("clock", rf"(?P<h>{_H})(?= ?[ap]\.? ?m\b|\b){_SHARP}(?! in the\b){_AP}"),
    ("clock", rf"{_UNDATED}(?P<h>{_H})\b{_SHARP}{_AP}"),
    ("clock", rf"(?P<h>{_H}) ?o'? ?clock\b"),
    ("clock", r"(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d) ?(?:hours|hrs|h)\b"),
    ("part", r"(?P<early>first thing(?: in the morning)?|bright and early|early in the (?:morning|day))\b"),
    ("part", r"early (?:(?:in the|this) )?(?P<early_afternoon>afternoon)\b"),
    ("part", r"(?P<early>early morning|when we open)\b"),
    (
        "part",
        (
            r"(?:the )?(?P<close>(?:close|end) of (?:the )?(?:business|play|work|working day|business day)|cob"
            r"|eob|closing time)\b"
        ),
    ),
    ("part", rf"(?:the )?(?P<dayend>end of (?:the )?day\b|eod\b|end of(?= (?:{WEEKDAY}|today|tomorrow)\b))"),
    ("part", r"(?P<noon>(?:12 )?noon|midday|mid-day|lunch ?time|lunch)\b"),
    ("part", r"(?P<midnight>midnight)\b"),
    ("part", r"(?:(?:in|during) the |this |the )?(?<!good\s)(?P<morning>morning)\b"),
    ("part", r"(?:(?:in|during) the |this |the )?(?:late )?(?<!good\s)(?P<afternoon>afternoon)\b"),
    ("part", r"(?:(?:in|during) the |this |the )?(?<!good\s)(?P<evening>evening|tonight|tonite|night)\b"),
    ("period", rf"{_PORTION}?(?:this |the |next |over )*(?P<weekend>weekend)\b"),
    (
        "period",
        (
            rf"{_PORTION}?(?:(?:(?:in|during|within|over) )?(?P<next>next|the coming)) (?:(?P<week>week)"
            rf"|(?P<month>month))\b"
        ),
    ),
    ("period", rf"{_PORTION}?(?:(?:in|during|within) )?this (?:(?P<week>week)|(?P<month>month)|(?P<year>year))\b"),
    ("period", rf"(?:{_PORTION}|within the )(?:(?P<week>week)|(?P<month>month)|(?P<year>year)|(?P<named>{MONTH}))\b"),
    ("day", r"(?P<iso>\d{4}-\d\d-\d\d)\b"),
    ("day", r"(?:the )?(?P<after_next>day after tomorrow)\b"),
    ("day", rf"(?P<weekday>{WEEKDAY})\b\.?,? {_DATE}"),
    ("day", rf"(?P<weekday>{WEEKDAY})\b,? (?:the )?(?P<number>{_ORDINAL})"),
    ("day", rf"(?P<weekday>{WEEKDAY}) (?P<number>{_NUMBER})(?= in the (?:morning|afternoon|evening)\b)"),
    ("day", rf"(?:(?P<coming>next|coming) )?(?P<weekday>{WEEKDAY})\b(?!'s)"),
    ("day", r"(?:on|by|this|next|before|coming) (?P<weekday>sat|sun)\b"),
    ("day", _DATE),
    ("day", rf"the (?P<number>{_ORDINAL})(?! (?!of)[a-z]*(?:time|floor|century|of))"),
    ("day", r"(?P<numeric>\d\d?/\d\d?(?:/(?:\d{4}|\d\d))?|\d\d?[-.]\d\d?[-.]\d{4})(?![/\d])"),
    ("day", r"(?P<today>(?:later |in the course of )?today(?! ?'s)|during the day)\b"),
    ("day", r"(?P<tomorrow>tom+or+ow|tomm?or+ows?|tmrw|tmr)\b(?!'s)"),
    ("hour", _CLOCK),
)
_FILL: Final = r"(?: (?:the|this|next|coming|a|at|on|latest))*"

ENGLISH_TIMES: Final = TimeWords(
    shapes=shapes(_TABLE),
    markers=(
        (
            "by",
            ending(
                rf"(?:by|on or before|(?:no|not) later than|not after|at the (?:very )?latest(?: by| on)?"
                rf"|latest by|due)"
                rf",?{_FILL}"
            ),
        ),
        ("before", ending(rf"(?:before|ahead of|prior to|earlier than){_FILL}")),
        ("after", ending(rf"(?:after|from|past|since|starting|as of){_FILL}")),
        ("around", ending(rf"(?:around|about|approximately|roughly|circa){_FILL}")),
        ("until", ending(rf"(?:until|till|til){_FILL}")),
        ("between", ending(rf"(?:between|some ?time between){_FILL}")),
        ("of", ending(r"(?:(?<!course\s)of|dated)(?: the)?")),
        ("at", ending("at")),
    ),
    between=whole(
        r"[\s,()]*(?:(?:at|on|in|by|the|this|of|no|not|later|than|before|around|about|after|from|between|any|time|sometime"
        r"|during|latest|very|end|some|point)[\s,()]+)*"
    ),
    either=whole(r" ?,? ?(?:or|or maybe)(?: (?:on|the|by))* "),
    up_to=whole(r" (?:and|to|until|till)(?: (?:on|the))* "),
    latest=whole(r"[\s,(]*(?:at (?:the )?(?:very )?latest|latest|at most|max(?:imum)?)\b"),
    runs_from=whole(
        r"[\s,]*(?:of (?:receiving|receipt|getting|your|the|when|us)|from (?:when|the|receipt|your|receiving)"
        r"|after (?:we|you|receiving|receipt|your|the)|following|once|upon|since|when|as soon as)\b"
    ),
    zone=whole(
        r"[\s,]*\(?(?:(?!(?:and|any|but|for|if|next|or|so|this|to)\b)(?P<place>(?:[a-z]+[\s/-]){1,3}?)"
        rf"(?:(?:standard|daylight) )?time\b|(?P<code>{ZONE_CODES}|eastern|central|mountain|pacific)\b)\)?"
    ),
)
