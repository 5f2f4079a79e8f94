"""Time zones as people name them: "London time", "hora de Lima", "3 pm CET"."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from services.followup.words.shapes import listed

ZONE_CODES: Final = r"(?:utc|gmt)(?: ?[+-] ?\d\d?(?::?\d\d)?)?|cest|cet|bst|e[sd]t|c[sd]t|m[sd]t|p[sd]t|ist|aest|jst"
"""A pattern for zones that need no word such as "time" beside them."""

_REGIONS: Final = frozenset(
    listed("Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific Argentina Indiana Kentucky")
)
_NAMED: Final[Mapping[str, str]] = {
    **dict.fromkeys(("utc", "gmt", "greenwich mean", "greenwich"), "UTC"),
    **dict.fromkeys(("bst", "uk", "british", "londres", "inglaterra"), "Europe/London"),
    **dict.fromkeys(
        ("central european", "central europea", "cet", "cest", "spain", "spanish", "espana", "espanola", "peninsular"),
        "Europe/Madrid",
    ),
    **dict.fromkeys(("canaria", "canarias", "canary islands"), "Atlantic/Canary"),
    **dict.fromkeys(("nueva york",), "America/New_York"),
    **dict.fromkeys(("peru", "peruana"), "America/Lima"),
    **dict.fromkeys(("colombia", "colombiana"), "America/Bogota"),
    **dict.fromkeys(("argentina",), "America/Argentina/Buenos_Aires"),
    **dict.fromkeys(("mexico", "ciudad de mexico", "cdmx"), "America/Mexico_City"),
    **dict.fromkeys(("lisboa",), "Europe/Lisbon"),
}
"""Names that the zones do not have. Letters that stand for several zones ("IST", "CST", "MST") are left out."""
_ALONE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("est", "edt", "eastern", "us eastern", "del este"), "America/New_York"),
    **dict.fromkeys(("cdt", "central", "us central"), "America/Chicago"),
    **dict.fromkeys(("mdt", "mountain", "us mountain"), "America/Denver"),
    **dict.fromkeys(("pst", "pdt", "pacific", "us pacific", "del pacifico"), "America/Los_Angeles"),
}
"""Names that mean something else beside other words: "Eastern European time"."""
_CUSTOMERS: Final = frozenset(listed("your local su tu vuestra"))
_NO_PLACE: Final = frozenset(
    listed("""
    a after all and another any as at before best business by closing come delivery dinner each every few first for from
    full good if in last less long lunch more much next no of on one opening or part quick same second short so some tea
    that the this to until waiting what which with working y o la el las los comer cenar cierre apertura entrega salida
    """)
)
"""Words beside "time" or "hora" that name no place."""
_SIGN: Final = re.compile(r"\s*([+-])\s*(?=\d)")
_WORD: Final = re.compile(r"[^\W_]+(?:[+-]\d+)?")


def zone_in(phrase: str, customers: ZoneInfo) -> ZoneInfo | None:
    """The zone that the phrase names; the customer's where it names theirs, or no place at all. None: it is unknown."""
    words = _WORD.findall(_SIGN.sub(r"\1", phrase))
    named = (_NAMED.get(part) or _places().get(part) for part in _parts(words))
    key = _ALONE.get(" ".join(words)) or next(filter(None, named), None)
    if key is not None:
        return ZoneInfo(key)
    return customers if not words or {*words} & (_CUSTOMERS | _NO_PLACE) else None


def _parts(words: list[str]) -> Iterator[str]:
    """Words that stand side by side, the most first."""
    for size in range(len(words), 0, -1):
        for start in range(len(words) - size + 1):
            yield " ".join(words[start : start + size])


@cache
def _places() -> Mapping[str, str]:
    """Each zone by its place, as `wording.in_words` writes it, in small letters."""
    found: dict[str, str] = {}
    for key in sorted(available_timezones()):
        region, _, place = key.rpartition("/")
        if {*region.split("/")} & _REGIONS:
            found[place.replace("_", " ").replace("-", " ").lower()] = key
    return found
