"""How English gives its word: "I'll call you", "your refund will be processed", "you'll hear from us"."""

from typing import Final

from services.followup.words.commitments import ways
from services.followup.words.english_verbs import GERUND, INFINITIVE, PARTICIPLE
from services.followup.words.shapes import one_of

_WILL: Final = (
    r"(?:(?: ?'ll|ll| wil{1,2}| shall)|(?: ?'m| am| ?'re| are) (?:(?:going|about|due|scheduled"
    r"|set|planning|arranging) to|gonna)| gonna)"
)
_THEY_WILL: Final = (
    r"(?: ?'ll| wil{1,2}| shall|(?: ?'s| is| are| ?'re) (?:going|about|due|scheduled|set|booked|planned) to|'s gonna)"
)
_STAFF: Final = one_of(
    "technicians?|engineers?|colleagues?|managers?|supervisors?|agents?|drivers?|couriers?|plumber",
    "electrician|fitters?|installers?|advis[eo]rs?|specialists?|representatives?|rep|team|department",
    "experts?|inspector|surveyor|staff|mechanic|locksmith|warehouse|office|crew|company|boss|accounts",
    "handler|coordinator|director|store|workshop|contractor|repair ?man|person|adjuster|assessor|builder"
    "|cleaner|garage|branch|shop|depot|tech",
)
_AGENT: Final = (
    rf"(?:(?:(?:one|a member|somebody|someone) of )?(?:my|our|an?|the|another)(?: \w+){{0,2}}? {_STAFF}"
    rf"|some(?:one|body)"
    r"|one of us)(?: (?:from|in|on|of|at) (?:(?:our|the|my|your) )?\w+(?: \w+)?)?(?:,? [a-z]+,?)??"
)
_SKIP: Final = (
    r"(?: (?!(?:be|not|need|want|wait|try|hope|stay|remain|also not|never|only|in|out|open|until|and|but|or"
    r"|love|like)\b)"
    r"[\w'-]+){0,5}?"
)
_US: Final = rf"(?:i|we){_WILL}"
_VOW: Final = (
    r"(?:i|we)(?: can| hereby| also| do)? (?:promise|guarantee|undertake|commit|pledge|swear|vow)(?: you)?(?: that)?"
    r" (?:to|i'll|we'll|i will|we will)"
)
_THEIRS: Final = one_of(
    "flight|train|bus|plane|bank|insurer|airline|landlord|doctor|son|daughter|wife|husband|friend",
    "concert|match|show|sale|offer",
)
_NO_BREAK: Final = r"(?!(?:and|or|but|so|i|we|you|u|he|she|that|which|who|if|when|then)\b)"
_NOT_NOW: Final = (
    r"(?! (?:you |this |the )?(?:today |now )?(?:to|about|regarding|because|on behalf|with regard"
    r"|concerning|in|letter|email)\b)"
)
""""I am writing about …" tells what the writer is doing, not what they will do."""
_THING: Final = (
    rf"(?:(?:your|the|our|an?|this|that|these) (?!{_THEIRS}\b)[\w-]+(?: {_NO_BREAK}[^\s,.;:]+){{0,4}}?|it|that"
    rf"|this|they|yours|everything|both)"
)
_PARCEL: Final = r"(?:order|parcel|package|refund|replacement|item|delivery|shipment|payment|card|money|part)s?"
_YOU_WILL: Final = r"(?:you|u)(?: ?'ll| wil{1,2}| shall|(?: ?'re| are) going to| can expect to| should expect to)"
_OF_PLACE: Final = (
    r"(?:(?:back )?(?:in|into|on) your \w+|(?:back )?with (?:you|u)|there|ready|at your|on its way"
    r"|on their way|available"
    r"|in the post|at the door|sorted|done|up and running|working(?: again)?)"
)

ENGLISH_WAYS: Final = (
    # "I'll call", "we'll look into it and get back to you", "I promise to pay"
    *ways(rf"{_US}(?: also| then| personally| certainly| be able to)?{_SKIP} {INFINITIVE}\b(?!')"),
    *ways(rf"{_US}(?: (?!be\b)[\w'-]+){{1,9}}? (?:and|then|and then) {INFINITIVE}\b(?! (?:us|me)\b)"),
    *ways(rf"(?:arranged|booked|organi[sz]ed|scheduled|asked)(?: for)? {_AGENT} to {INFINITIVE}\b"),
    *ways(rf"{_VOW}{_SKIP} {INFINITIVE}\b"),
    *ways(r"(?:i|we)(?: can)? (?:promise|guarantee)(?: you)? (?:an?|the|your|my|our)\b(?! (?:you|that|\w+ ships)\b)"),
    *ways(
        rf"(?:i|we)(?: hereby)? (?:commit|undertake|pledge)(?: ourselves| myself)?"
        rf" to {GERUND} (?:it|this|that|the|your?|u)\b"
    ),
    *ways(rf"{_US}(?: \w+)? be {GERUND}\b", rf"{_US}(?: \w+)? have (?:\w+ )?{PARTICIPLE}\b"),
    *ways(rf"(?<![a-z,]\s)(?<![a-z])will {INFINITIVE} (?:you|u|it|your)\b"),
    # "a technician will visit", "my colleague is going to call"
    *ways(rf"{_AGENT}{_THEY_WILL}{_SKIP} {INFINITIVE}\b", rf"{_AGENT}{_THEY_WILL} be {GERUND}\b"),
    *ways(rf"(?:my|our)(?: {_NO_BREAK}[\w-]+){{1,3}}?{_THEY_WILL} {INFINITIVE}\b"),
    *ways(rf"(?:he|she|they){_THEY_WILL} {INFINITIVE} (?:you|u|your|it)\b"),
    *ways(
        rf"{_AGENT}{_THEY_WILL} be (?:there|at|with you|over|round|out)\b",
        rf"{_AGENT} (?:is|are) coming\b",
        rf"{_US} be (?:there|at your|with you|over|round|out to you)\b",
        kind="visit",
    ),
    *ways(
        rf"(?<![a-z]\s)(?<![a-z])(?!(?:it|that|which|nobody|{_THEIRS})\b)[a-z]+{_THEY_WILL} {INFINITIVE} (?:you|u)\b",
        rf"(?<![a-z]\s)(?<![a-z]){GERUND} (?:you|u)\b",
        r"(?<![a-z]\s)(?<![a-z])(?:(?P<callback>call|ring|phone)|(?P<answer>text|email))"
        r" (?:you|u)\b",
        rf"{_US}(?: \w+ly)? (?:see to it|make sure|ensure)\b",
    ),
    *ways(rf"(?:i|we|{_AGENT})(?: ?'m| am| ?'re| are| ?'s| is) (?:also |now |personally )?{GERUND}\b{_NOT_NOW}"),
    # "you will be refunded", "you'll hear from us", "expect a call"
    *ways(rf"{_YOU_WILL} be {PARTICIPLE}\b", rf"{_YOU_WILL} be {GERUND}\b"),
    *ways(rf"{_YOU_WILL} (?:\w+ )?hear\b", rf"{_YOU_WILL} be hearing\b", r"expect to hear\b", kind="answer"),
    *ways(
        rf"{_YOU_WILL} (?:also |then |soon )?(?:receive|get|have)\b"
        r"(?! (?:to|until|till|access|noticed|nothing|no|time|the right|the option|\d+ (?:days|hours|weeks)"
        r"|an? (?:choice|chance|right))\b)",
        r"(?:you (?:can|may|should) |please |(?<![a-z]\s)(?<![a-z]))expect (?:an?|my|our|the|your|it"
        r"|to (?:receive|get|have)|delivery)\b",
        r"you (?:can|may) count on\b",
        otherwise="delivery",
    ),
    *ways(rf"(?:and|but) (?:it |they )?will be {PARTICIPLE}\b"),
    *ways(rf"(?:and|but) (?:he |she |they |it )?(?:will|'ll) be {_OF_PLACE}", otherwise="delivery"),
    *ways(r"and (?:then )?(?:gets to you|arrives|will arrive|will reach you)\b", otherwise="delivery", follows=True),
    *ways(rf"{_YOU_WILL} (?:\w+ )?see\b(?! (?:that|how|what|why|whether|if|us|me)\b)", otherwise="refund"),
    *ways(
        rf"{_THING}{_THEY_WILL} (?:also |then |now )?be (?:\w+ly )?(?:re)?{PARTICIPLE}\b",
        rf"{_THING} (?:is|are) (?:being|getting) {PARTICIPLE}\b",
        rf"{_THING}{_THEY_WILL} have been {PARTICIPLE}\b",
    ),
    # "your parcel will arrive", "it will be with you", "your order ships"
    *ways(
        rf"{_THING}{_THEY_WILL} be {_OF_PLACE}",
        rf"{_THING}{_THEY_WILL} (?:arrive|reach|hit|land|appear|show up|get to|come through|go out"
        rf"|go through|ship|leave|clear)\b",
        rf"{_PARCEL}(?: \w+){{0,3}} (?:ships|arrives|leaves|goes out|is (?:coming|arriving|shipping|leaving"
        rf"|going out))\b",
        otherwise="delivery",
    ),
    *ways(
        r"(?:technician|engineer|visit|delivery|call|call-?back|repair|collection|installation|pick-?up"
        r"|replacement)(?: (?!not\b)\w+){0,4}"
        r" (?:is|has been|are|is now) (?:booked|scheduled|arranged|confirmed|set|planned) (?:in )?(?=for|on|to)",
    ),
    *ways(
        r"(?:i|we)(?: ?'ve| have) (?:just |now |already )?(?:booked|arranged|scheduled"
        r"|organi[sz]ed)(?: (?:you|an?|the|your|for|in))*"
        r"(?= (?:[\w-]+ ){0,2}(?:technician|engineer|plumber|electrician|visit|delivery|collection|call"
        r"|call-?back|repair|replacement))",
    ),
    *ways(
        rf"(?:delivery|collection|repair|visit|payment|installation|pick-?up|refund"
        rf"|call)(?: {_NO_BREAK}[\w-]+){{0,5}}?{_THEY_WILL}"
        r" (?:take place|happen|be (?:on|at|between|tomorrow|today|made|this|next))\b",
        r"(?:look out for|await|wait for|stand by for) (?:an?|our|my)\b",
    ),
    *ways(rf"(?:let me|allow me to) {INFINITIVE} (?:you|u|back)\b(?! if)", r"let me get back\b", kind=None),
    *ways(rf"(?:and|then|and then|&) (?:then |also )?{INFINITIVE}\b(?! (?:us|me)\b)(?= )", follows=True),
)
