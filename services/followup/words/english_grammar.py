"""What surrounds a commitment in English: what is given, and what shows that nothing is promised."""

import re
from typing import Final

from services.followup.words.commitments import Grammar
from services.followup.words.english import ENGLISH_WAYS
from services.followup.words.english_times import ENGLISH_TIMES
from services.followup.words.shapes import one_of, said
from services.followup.words.spelling import english

_NOUNS: Final = (
    ("callback", said("(?:phone |telephone )?calls?|call-?backs?|ring")),
    ("update", said("updates?|status|progress|news(?!letter)|how (?:it|things) (?:is|are) going")),
    (
        "answer",
        said(
            "answers?|responses?|reply|replies|decision|solution|explanation|proposal|confirmation|resolution",
            "e-?mails?|text",
        ),
    ),
    (
        "visit",
        said(
            "visit|technician|engineer|plumber|electrician|fitter|surveyor|inspection|inspector|collection",
            "pick-?up|some(?:one|body) (?:round|out|over|to)",
        ),
    ),
    ("replacement", said("replacements?|new one|another one|new (?:unit|card)|exchange|replaced")),
    ("repair", said("repairs?|repaired|fixed|mended|working again|up and running")),
    (
        "refund",
        said(
            r"refunds?|reimbursement|(?:your|the|all your|that) money|money back|overcharged?\w*",
            "amount (?:you|we|that was)? ?(?:were |was )?(?:over)?(?:charged|paid|taken)|what you paid|charge",
            "purchase price",
        ),
    ),
    (
        "payment",
        said(
            "payments?|compensation|cheque|check|transfer|credit|voucher|gift card|(?:are|is|get) paid|bonus",
            "indemnity|goodwill",
        ),
    ),
    (
        "delivery",
        said(
            "orders?|parcels?|packages?|delivery|deliveries|shipment|items?|goods|products?|parts?|documents?",
            "invoice|contract|copy|letter|form|label|manual|keys?",
        ),
    ),
    ("other", said("sorted|resolved|solved|cancelled|corrected|done")),
)
_SAY: Final = "(?:said|told|wrote|mentioned|promised|claim(?:s|ed)?|stated|says?|indicated|assured|reckons?)"
_HARMLESS: Final = said(
    "no later than|not later than|no (?:problem|worries|doubt|matter what)|not only|no more than",
    "don'?t (?:worry|hesitate|you worry)",
    "(?:won'?t|will not) (?:let you down|fail to|forget to|hesitate to)",
    "as (?:i|we) (?:said|promised|mentioned|agreed|told you)|as (?:promised|agreed|discussed)",
    "as soon as possible",
    "(?:see|check|know|ask|confirm|sure|wonder|find out|tell you|verify) (?:you )?(?:if|whether)",
    "even if|what if|once (?:more|again|and for all)|at once|in (?:any|that|your|this) case",
    r"in case (?!of\b)|without fail",
    "(?:free of|at no|no extra|without any|without) (?:charge|cost|delay|further delay|problem|doubt)",
    "if not sooner|if not before|should expect|when it comes to",
)
_TOLD_BY_OTHERS: Final = one_of(
    rf"(?:you|he|she|they|your \w+|(?:the|our) (?:customer|client|bank|airline|insurer))(?: \w+)? {_SAY}",
    "according to|apparently|(?:i|we) (?:said|promised|told you)|would have",
    "had (?:hoped|planned|promised|said|told|agreed)|(?:was|were) (?:going|supposed|meant|due) to",
    "supposed to|(?:should|could) have",
)
_NOT_MEANT: Final = one_of(
    "yeah,? right|oh,? sure|sure,? and|pigs (?:can )?fly|hell freezes|ha(?: ?ha)+|lol|as if|🙄",
    "good luck with|in your dreams|yeah,? sure|and i'?m the (?:king|queen|pope)|never going to happen",
)
_NOT_CERTAIN: Final = one_of(
    "maybe|perhaps|possibly|probably|hopefully|likely|if possible|if all goes well|no guarantee",
    "(?:with|if) (?:any )?luck|(?:our|my) best",
)
_AS_A_RULE: Final = one_of(
    "usually|normally|generally|typically|as a rule|(?:opening|office|business) hours (?:are|will)",
    "open(?:ing)? (?:from|on|daily|until|till|at|monday|mon|every|between|tomorrow|today|again)",
    "(?:is|are|be|'re) (?:open|closed)|re-?open|closed? (?:at|on|for|from)|hours of",
)
_SPOILS: Final = said(
    _TOLD_BY_OTHERS,
    _NOT_MEANT,
    _NOT_CERTAIN,
    _AS_A_RULE,
)
_CONDITION: Final = said(
    "(?P<embedded>if|whether)|unless|provid(?:ed|ing)(?: that)? (?:you|we|the|it|your)",
    "(?:as|so) long as|once|(?P<when>when(?:ever)?|as soon as)|in (?:the )?(?:case|event) (?:of|that)",
    "should (?:you|we|the|it|your)|assuming|subject to|depending|upon (?:receipt|receiving|your)",
    "after (?:we|you|receiving|receipt|your|payment)|until (?:we|you)|otherwise|in return for",
    "pending (?:your|the|receipt|approval|review)",
    "had (?:you|we|i)",
)
_ORDER: Final = re.compile(
    r"[\s\W]*(?:(?:please|just|kindly|simply|ok|okay|then|so|hi|hello|sure|thanks|no problem)[\s,.!:]*)*"
    r"(?:send|call|ring|e?-?mail|reply|write|fill|return|bring|drop|tell|text|contact|complete|attach|provide|upload|confirm"
    r"|sign|pay|phone|post|mail|hand|go to|visit|download|click|let (?:me|us) know|show|forward|ask|share"
    r"|follow|log|enter"
    r"|give (?:me|us) (?:your|the|a (?:call|ring|shout|copy)|details|access)|pop|take)\b"
)

_DENIAL: Final = said(
    r"not|never|no|nor|neither|cannot|unable|without|nobody|impossible|\w+n't|(?:wont|cant|dont|doesnt)",
    "might|could|hop(?:e|es|ing)|try(?:ing)? (?:to|and)|aim(?:ing)? (?:to|for)",
    "(?:would|'d) (?:like|love|prefer|need)|should|intend to|wish|doubt|sure (?:if|whether)",
)

ENGLISH: Final = Grammar(
    times=ENGLISH_TIMES,
    spell=english,
    ways=ENGLISH_WAYS,
    by_phone=re.compile(r"\s+(?:[\w']+\s+){0,3}?(?:by|over the|on the|via) (?:tele)?phone\b"),
    nouns=_NOUNS,
    harmless=_HARMLESS,
    spoils=_SPOILS,
    condition=_CONDITION,
    order=_ORDER,
    joined=re.compile(r"\s(?:and|then|&)\s"),
    telling=re.compile(r"(?!)"),
    pronoun=re.compile(r"(?:it|they|that|yours|this)\b"),
    denial=_DENIAL,
    border=re.compile(r"[;:()]|,(?!\d)|\s(?:and|but|so|then|although|though|while)\s"),
    coming=said("tomorrow"),
    told_past=said("yesterday"),
)
