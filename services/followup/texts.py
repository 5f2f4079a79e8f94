"""The texts that customers read: those shipped beside this module, checked at start, and those that were edited since.

Edited ones lie in the database of follow-up; every process reads them again within seconds.
"""

import time
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import resources
from typing import Any, Final

from services.followup.domain.templates import KEYS, wrong_with
from shared.mongo import Collection, Document, DuplicateKey, insert

COLLECTION: Final = "templates"
FILES: Final = ("acknowledgement.toml", "pages.toml")
_FRESH_SECONDS: Final = 2.0


class TextsError(ValueError):
    """A text to customers is missing, empty, or names something that will not be filled in."""


def load_texts() -> Mapping[str, str]:
    """Every shipped text by `language.form.name`, none of them empty.

    Raises:
        TextsError: one is missing, empty, or holds an unknown placeholder.
    """
    folder = resources.files("services.followup") / "templates"
    return read_texts(*((folder / name).read_text(encoding="utf-8") for name in FILES))


def read_texts(*files: str) -> Mapping[str, str]:
    """The texts of these TOML files, checked as `load_texts` says."""
    written: dict[str, str] = {}
    for file in files:
        for language, forms in tomllib.loads(file).items():
            for form, texts in forms.items():
                written |= {f"{language}.{form}.{name}": str(text) for name, text in texts.items()}
    found = {key: written.get(key, "") for key in KEYS}
    for key, text in found.items():
        if reason := wrong_with(key, text):
            raise TextsError(f"the text {key} {reason}")
    return found


@dataclass(slots=True)
class Texts:
    """The texts in force: the shipped ones under those that were edited."""

    collection: Collection
    shipped: Mapping[str, str]
    _known: Mapping[str, str] = field(default_factory=dict)
    _read_at: float | None = None

    async def current(self) -> Mapping[str, str]:
        """Every text by key; at most some seconds old. One that is not as it must be is passed over."""
        if self._read_at is None or time.monotonic() - self._read_at > _FRESH_SECONDS:
            edited = {one["_id"]: one["text"] async for one in self.collection.find({}, {"text": 1})}
            fitting = {key: text for key, text in edited.items() if key in self.shipped and not wrong_with(key, text)}
            self._known, self._read_at = {**self.shipped, **fitting}, time.monotonic()
        return self._known

    async def edited(self) -> Sequence[Document]:
        """Those that were edited, as stored."""
        return await self.collection.find({}).to_list(None)

    async def one(self, key: str) -> Mapping[str, Any]:
        """`{text, version, changed_at, by}` of one text; version 0 is the shipped one."""
        found = await self.collection.find_one({"_id": key})
        return found or {"text": self.shipped[key], "version": 0, "changed_at": None, "by": None}

    async def put(self, key: str, text: str, *, expect: int, by: str, now: datetime) -> bool:
        """The text is in force, here at once; False if it is not in version `expect` any more."""
        values = {"text": text, "version": expect + 1, "changed_at": now, "by": by}
        try:
            if expect == 0:
                await insert(self.collection, {"_id": key, **values})
            else:
                done = await self.collection.update_one({"_id": key, "version": expect}, {"$set": values})
                if not done.matched_count:
                    return False
        except DuplicateKey:
            return False
        self._read_at = None
        return True
