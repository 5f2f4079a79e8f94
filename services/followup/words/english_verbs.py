"""English verbs of giving one's word: each with its participle and its -ing form. "_" stands for a space."""

from typing import Final

from services.followup.words.commitments import verbs
from services.followup.words.found import PromiseKind
from services.followup.words.shapes import listed

_CALLBACK: Final = (
    r"""call ring phone telephone give_(?:you|u)_an?_(?:\w+_)?(?:call|ring|bell|buzz|shout|tinkle) return_your_call
    speak_(?:to|with)_(?:you|u) talk_(?:to|with)_(?:you|u)""",
    "called phoned rung telephoned",
    "calling ringing phoning giving_(?:you|u)_an?_(?:call|ring)",
)
_UPDATE: Final = (
    """update keep_(?:you|u)_(?:posted|informed|updated|up_to_date|in_the_loop) follow_up report_back inform notify
    bring_(?:you|u)_up_to_date""",
    "updated informed notified kept_(?:posted|informed|updated)",
    "updating following_up keeping_you",
)
_ANSWER: Final = (
    """answer reply respond get_back come_back_to_(?:you|u) let_(?:you|u)_know tell_(?:you|u) confirm write email e-mail
    text txt message contact be_in_(?:touch|contact) get_in_(?:touch|contact) reach_out explain advise
    drop_(?:you|u)_an?_(?:line|note|message|text|email)""",
    "answered contacted emailed told confirmed",
    """answering replying getting_back emailing writing confirming contacting getting_in_touch reaching_out
    hearing_from""",
)
_REPLACEMENT: Final = (
    "replace exchange swap re-?issue substitute",
    "replaced exchanged swapped re-?issued substituted",
    "replacing exchanging swapping reissuing",
)
_REPAIR: Final = (
    "repair fix mend restore",
    "repaired fixed mended restored",
    "repairing fixing mending restoring",
)
_REFUND: Final = (
    "refund reimburse",
    "refunded reimbursed credited_back paid_back",
    "refunding reimbursing",
)
_VISIT: Final = (
    r"""visit come_(?:round|by|over|out|to|and|back)
    come(?=_(?:on|tomorrow|today|this|next|at|between|myself|in_person))
    stop_by drop_by drop_in pop_(?:round|over|in) attend be_(?:at|with)_(?:your|you|there) collect
    pick_(?:it|the|your|this|them)?_?\w*_?up""",
    "collected visited picked_up",
    "visiting coming stopping_by attending collecting picking_up",
)
_DELIVERY: Final = (
    r"""deliver ship send dispatch post mail forward courier bring drop_off hand_over share supply
    get_(?:it|this|that|them|one|(?:the|your)_\w+)_(?:out_|over_)?to_you""",
    "delivered shipped sent dispatched posted mailed forwarded dropped_off despatched couriered",
    "delivering shipping sending dispatching posting mailing forwarding bringing dropping_off",
)
_PAYMENT: Final = (
    "pay compensate transfer deposit wire credit pay_out",
    "paid compensated transferred deposited wired credited paid_out",
    "paying compensating transferring depositing wiring crediting",
)
_HANDLING: Final = (
    "issue process make arrange reverse release provide give get have return organise organize put pop take_back",
    "issued processed made arranged released provided given returned",
    "issuing processing making arranging releasing providing giving getting returning",
)
_OTHER: Final = (
    """cancel escalate correct amend change extend unblock unlock activate reactivate reset book schedule investigate
    review check complete submit file prepare install resolve solve sort settle waive remove disconnect connect finish
    close(?=_(?:your|the)_(?:account|case|ticket|claim|complaint)) delete apply adjust handle approve look_into
    deal_with take_care raise upgrade clear rectify
    put_(?:it|this|that|things)_right sort_out address set_up switch top chase""",
    """cancelled canceled corrected changed extended unblocked activated completed installed resolved solved sorted
    settled waived removed reviewed closed applied adjusted approved reconnected done fitted finalised finalized
    taken_care""",
    """cancelling canceling correcting changing activating completing installing resolving removing reviewing closing
    escalating sorting""",
)
_ROWS: Final[tuple[tuple[PromiseKind, bool, tuple[str, str, str]], ...]] = (
    ("callback", False, _CALLBACK),
    ("update", False, _UPDATE),
    ("answer", False, _ANSWER),
    ("replacement", False, _REPLACEMENT),
    ("repair", False, _REPAIR),
    ("refund", False, _REFUND),
    ("visit", False, _VISIT),
    ("delivery", True, _DELIVERY),
    ("payment", True, _PAYMENT),
    ("other", True, _HANDLING),
    ("other", False, _OTHER),
)
"""What a verb promises; whether what is given decides instead ("send" a refund); its three forms."""


def _column(place: int) -> str:
    return verbs((kind, movable, listed(columns[place])) for kind, movable, columns in _ROWS)


INFINITIVE: Final = _column(0)
PARTICIPLE: Final = _column(1)
GERUND: Final = _column(2)
