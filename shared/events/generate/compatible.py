"""Whether a schema may take the place of a published one.

The log never expires and readers are updated one by one, so both must hold: what was said under the old schema is read
by the new one, and what is said under the new one is read by the old. What remains is a new optional field.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

Schema = Mapping[str, Any]

_WORDS: Final = frozenset({"$schema", "$id", "$defs", "$comment", "title", "description", "examples"})
_APART: Final = frozenset({"properties", "required", "enum"})
_MAPS: Final = ("items", "additionalProperties", "propertyNames")
_LISTS: Final = ("anyOf", "prefixItems")
_ABSENT: Final = "nothing"


def incompatibilities(old: Schema, new: Schema) -> list[str]:
    """What the new schema changes beyond new optional fields, a sentence each; empty when it may replace the old."""
    return list(_Comparison(old, new).differences(old, new, "", frozenset()))


class _Comparison:
    def __init__(self, old_root: Schema, new_root: Schema) -> None:
        self.old_root, self.new_root = old_root, new_root

    def differences(self, old: Schema, new: Schema, place: str, above: frozenset[tuple[str, str]]) -> Iterator[str]:
        """Everything at this place and below. `above`: pairs of references being compared; a shape may hold itself."""
        pair = (old.get("$ref", ""), new.get("$ref", ""))
        if pair in above:
            return
        above = above | {pair} if any(pair) else above
        old, new = _resolved(old, self.old_root), _resolved(new, self.new_root)
        yield from _fields(old, new, place)
        yield from _choices(old, new, place)
        for name, field in old.get("properties", {}).items():
            if name in new.get("properties", {}):
                yield from self.differences(field, new["properties"][name], f"{place}.{name}".lstrip("."), above)
        for word in sorted((set(old) | set(new)) - _WORDS - _APART):
            yield from self._keyword(word, (old.get(word), new.get(word)), place, above)

    def _keyword(
        self, word: str, both: tuple[Any, Any], place: str, above: frozenset[tuple[str, str]]
    ) -> Iterator[str]:
        old, new = both
        if word in _MAPS and isinstance(old, dict) and isinstance(new, dict):
            yield from self.differences(old, new, f"{place}[{word}]", above)
        elif word in _LISTS and isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
            for number, (before, after) in enumerate(zip(old, new, strict=True)):
                yield from self.differences(before, after, f"{place}[{word}.{number}]", above)
        elif old != new:
            yield f"{place or 'the whole'}: {word} was {_said(old)} and is {_said(new)}"


def _said(value: Any) -> str:
    return _ABSENT if value is None else repr(value)


def _resolved(schema: Schema, root: Schema) -> Schema:
    """The schema with its references followed; what stands beside a reference adds to it."""
    while "$ref" in schema:
        beside = {word: value for word, value in schema.items() if word != "$ref"}
        schema = {**root["$defs"][schema["$ref"].rpartition("/")[2]], **beside}
    return schema


def _fields(old: Schema, new: Schema, place: str) -> Iterator[str]:
    before, after = set(old.get("properties", {})), set(new.get("properties", {}))
    must_before, must_after = set(old.get("required", ())), set(new.get("required", ()))
    prefix = f"{place}." if place else ""
    for name in sorted(before - after):
        yield f"{prefix}{name}: the field was removed"
    for name in sorted(after - before):
        if name in must_after:
            yield f"{prefix}{name}: a new field is required, and events said before do not have it"
        if old.get("additionalProperties") is False:
            yield f"{prefix}{name}: a new field, where readers refuse fields that they do not know"
    for name in sorted((must_after - must_before) & before):
        yield f"{prefix}{name}: was optional and is required, and events said before may not have it"
    for name in sorted((must_before - must_after) & after):
        yield f"{prefix}{name}: was required and is optional, and readers rely on it"


def _choices(old: Schema, new: Schema, place: str) -> Iterator[str]:
    if "enum" in old and "enum" in new:
        for value in [value for value in old["enum"] if value not in new["enum"]]:
            yield f"{place}: {value!r} is no longer allowed, and events said before have it"
        for value in [value for value in new["enum"] if value not in old["enum"]]:
            yield f"{place}: {value!r} is newly allowed, and readers refuse it"
    elif ("enum" in old) != ("enum" in new):
        yield f"{place}: enum was {_said(old.get('enum'))} and is {_said(new.get('enum'))}"
