"""The texts that customers read, in Spanish and English, informal and formal: read and edited."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field

from services.followup.api.counter import DeskOf, ReaderOf
from services.followup.domain.templates import KEYS, LONGEST, TEXTS, wrong_with
from services.followup.prepare import Preparation
from services.followup.texts import Texts
from shared.decision import Invalid, NotFound, VersionConflict
from shared.events.values import Instant
from shared.http import Caller, CallerOf, Form, IfMatch, Page, View

router = APIRouter(prefix="/v1/templates", tags=["templates"])
Key = Annotated[str, Path(max_length=100, examples=["es.informal.promise"])]


class TemplateView(View):
    """One text. `placeholders`: what may be filled in; `needed`: what must be. Version 0 is as shipped."""

    id: str
    language: str
    address_form: str
    name: str
    text: str
    placeholders: tuple[str, ...]
    needed: tuple[str, ...]
    version: int
    changed_at: Instant | None
    by: str | None


class TemplateForm(Form):
    """The new text; `$name` stands for what is filled in."""

    text: Annotated[str, Field(max_length=LONGEST)]


@router.get("")
async def list_templates(request: Request, caller: ReaderOf) -> Page[TemplateView]:
    """All texts, by language, form of address and name; there is one page."""
    del caller
    texts = texts_of(request)
    edited = {one["_id"]: one for one in await texts.edited()}
    shipped: dict[str, Any] = {"version": 0, "changed_at": None, "by": None}
    found = [_view(key, edited.get(key, {**shipped, "text": texts.shipped[key]})) for key in KEYS]
    return Page(items=found)


@router.get("/{template_id}", response_model=TemplateView)
async def show(template_id: Key, request: Request, caller: ReaderOf) -> Response:
    """One text; its version as `ETag`."""
    del caller
    return await _shown(texts_of(request), _known(template_id))


@router.put("/{template_id}", response_model=TemplateView)
async def put(
    template_id: Key,
    form: TemplateForm,
    request: Request,
    desk: DeskOf,
    caller: Annotated[Caller, CallerOf("admin")],
    if_match: IfMatch = None,
) -> Response:
    """Change what customers read from now on; send the version that you saw as `If-Match`.

    422 for a text that is empty, names something that is not filled in, or lacks what must not be missing.
    """
    key, texts = _known(template_id), texts_of(request)
    if reason := wrong_with(key, form.text):
        raise Invalid("customers cannot be sent this", errors=[("text", reason)])
    version = (await texts.one(key))["version"] if if_match is None else if_match
    if not await texts.put(key, form.text, expect=version, by=caller.owner, now=desk.clock.now()):
        newest = (await texts.one(key))["version"]
        raise VersionConflict(f"the newest version is {newest}, not {version}", version=newest)
    return await _shown(texts, key)


def texts_of(request: Request) -> Texts:
    """The texts of this process."""
    prepare: Preparation = request.app.state.runtime.desk.service.prepare
    return prepare.texts


def _known(key: str) -> str:
    if key not in KEYS:
        raise NotFound(f"there is no text {key}; they are named language.form.name, such as {KEYS[0]}")
    return key


async def _shown(texts: Texts, key: str) -> Response:
    view = _view(key, await texts.one(key))
    headers = {"ETag": f'"{view.version}"'}
    return Response(view.model_dump_json(), media_type="application/json", headers=headers)


def _view(key: str, stored: Any) -> TemplateView:
    language, form, name = key.split(".")
    blanks = TEXTS[name]
    return TemplateView(
        id=key,
        language=language,
        address_form=form,
        name=name,
        placeholders=tuple(sorted(blanks.known)),
        needed=tuple(sorted(blanks.needed)),
        **{field: stored[field] for field in ("text", "version", "changed_at", "by")},
    )
