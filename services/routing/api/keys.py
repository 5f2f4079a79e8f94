"""API keys: made, listed, revoked. A key is shown once and kept as its SHA-256."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response
from pydantic import Field

from services.routing.api.parts import Admin, RoutingDesk
from shared import ids
from shared.decision import NotFound, VersionConflict
from shared.events.reference import Key, Scope
from shared.events.values import ShortText
from shared.http import CommandOf, Form, Page, View, reply
from shared.http.auth import digest
from shared.runtime.commands import Answer, IdempotencyKeyReused

router = APIRouter(prefix="/v1/keys", tags=["keys"])

KeyId = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,64}$")]


class KeyForm(Form):
    """Whose key it is: a source system's name, or an agent's id (kind `person`), and what it may do."""

    owner: ShortText
    kind: Literal["system", "person"] = "system"
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1)]


class KeyView(View):
    """A key, without its secret."""

    id: str
    owner: str
    kind: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    revoked_at: datetime | None = None


class NewKeyView(KeyView):
    """A new key with its secret, which is not kept and never shown again: None in a repeated answer."""

    key: str | None


def _view(key_id: str, key: Key) -> KeyView:
    return KeyView(id=key_id, **key.model_dump(exclude={"sha256"}))


@router.post("", status_code=201, response_model=NewKeyView)
async def create_key(form: KeyForm, desk: RoutingDesk, command: CommandOf, _: Admin) -> Response:
    """Make a key; it works everywhere within 5 s.

    A repeat with the same Idempotency-Key names the same key, without its secret: we do not have it.
    """
    key_id, secret, now = command.id, ids.new_secret(), desk.clock.now()
    key = Key(
        sha256=digest(secret),
        owner=form.owner,
        kind=form.kind,
        scopes=tuple(dict.fromkeys(form.scopes)),
        created_at=now,
    )
    replayed = False
    try:
        await desk.reference_store.put("key", key_id, key, expect=None, now=now)
    except VersionConflict:
        known = await _get(desk, key_id)
        if (known.owner, known.kind, known.scopes) != (key.owner, key.kind, key.scopes):
            raise IdempotencyKeyReused("this Idempotency-Key made another key; use a new one") from None
        key, secret, replayed = known, "", True
    view = NewKeyView(**_view(key_id, key).model_dump(), key=secret or None)
    return reply(Answer(view.model_dump(mode="json"), 1, replayed), status=201)


@router.get("")
async def list_keys(desk: RoutingDesk, _: Admin) -> Page[KeyView]:
    """Every key, also those that were revoked; never a secret."""
    known = await desk.reference_store.list("key")
    return Page(items=[_view(key_id, key) for key_id, _, key in known if isinstance(key, Key)])


@router.delete("/{key_id}", status_code=204)
async def revoke_key(key_id: KeyId, desk: RoutingDesk, _: Admin) -> Response:
    """The key opens nothing any more, anywhere, within 5 s. Revoking it twice revokes it once."""
    found = await desk.reference_store.get("key", key_id)
    key = await _get(desk, key_id)
    if found is not None and key.revoked_at is None:
        now = desk.clock.now()
        revoked = key.model_copy(update={"revoked_at": now})
        await desk.reference_store.put("key", key_id, revoked, expect=found[0], now=now)
    return Response(status_code=204)


async def _get(desk: RoutingDesk, key_id: str) -> Key:
    found = await desk.reference_store.get("key", key_id)
    if found is None or not isinstance(found[1], Key):
        raise NotFound(f"there is no key {key_id}")
    return found[1]
