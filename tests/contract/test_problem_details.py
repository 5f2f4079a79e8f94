"""Problem details as RFC 9457 has them, held against the RFC's own schema and examples."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest

import services
from shared.decision import Invalid, NotFound, Refusal
from shared.http.problems import problem_body, problem_response, refusal_body, validation_body

HTTPS_OWN = [
    "malformed", "key_invalid", "scope_missing", "not_found", "method_not_allowed", "too_large", "invalid",
    "rate_limited", "internal", "unavailable",
]  # fmt: skip
CODES = [*HTTPS_OWN, "promise_not_feasible", "version_conflict", "not_here_yet"]
MEMBERS = {"type", "title", "status", "code", "detail", "errors"}


def folder(data: Path) -> Path:
    """Where the material lies."""
    return data / "problem_details"


def unfolded(text: str) -> str:
    """The text without the line folding of RFC 8792: a line that ends in a backslash goes on in the next."""
    return text.replace("\\\n", "")


@pytest.fixture(scope="module")
def rfc(data: Path) -> jsonschema.Draft202012Validator:
    """The schema of the RFC, with its formats."""
    formats = jsonschema.FormatChecker([])

    def is_reference(value: object) -> bool:
        return not isinstance(value, str) or (value.isascii() and " " not in value and bool(urlsplit(value)))

    formats.checks("uri-reference", raises=ValueError)(is_reference)
    schema = json.loads(unfolded((folder(data) / "problem.json").read_text(encoding="utf-8")))
    return jsonschema.Draft202012Validator(schema, format_checker=formats)


def refusals(above: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Every refusal that any service can say."""
    for module in pkgutil.walk_packages(services.__path__, "services."):
        importlib.import_module(module.name)
    seen = list(above.__subclasses__())
    while seen:
        found = seen.pop()
        seen += found.__subclasses__()
        if found.__module__.startswith(("services.", "shared.")):
            yield found


def test_the_schema_is_read_as_it_is_meant(data: Path, rfc: jsonschema.Draft202012Validator) -> None:
    examples = json.loads((folder(data) / "rfc9457_examples.json").read_text(encoding="utf-8"))["examples"]
    assert all(rfc.is_valid(example["body"]) for example in examples)
    others = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in (folder(data) / "zalando").iterdir()}
    assert {name for name, body in others.items() if not rfc.is_valid(body)} == {"unknown"}  # status 666
    assert not rfc.is_valid({"type": "not a reference"})


@pytest.mark.parametrize("code", CODES)
def test_every_problem_of_ours_is_one(code: str, rfc: jsonschema.Draft202012Validator) -> None:
    body = problem_body(code, "why", errors=[("due", "lies in the past")], facts={"instead": [datetime.now(UTC)]})  # noqa: TID251 - any instant
    rfc.validate(body)
    response = problem_response(body)
    assert response.media_type == "application/problem+json"
    assert response.status_code == body["status"]
    assert json.loads(bytes(response.body)) == body
    assert set(body) == MEMBERS | {"instead"}


def test_every_refusal_is_one_with_a_name_of_its_own(rfc: jsonschema.Draft202012Validator) -> None:
    found = {(cls.code, cls.status, cls.title) for cls in refusals()}
    assert len(found) > 10
    for code, status, title in found:
        rfc.validate(problem_body(code, "why", status=status, title=title))
        assert code.replace("_", "").isalpha()
        assert code.islower()
        assert 400 <= status < 600
        assert title
    bare = [problem_body(code, "why") for code in HTTPS_OWN]
    found |= {(body["code"], body["status"], body["title"]) for body in bare}
    codes = sorted(code for code, _, _ in found)
    assert codes == sorted(set(codes)), "one type, one status and one title"


def test_a_refusal_says_its_facts_beside_the_members(rfc: jsonschema.Draft202012Validator) -> None:
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    body = refusal_body(NotFound("not here", complaint_id="c1", instead=[at]))
    rfc.validate(body)
    assert (body["complaint_id"], body["instead"]) == ("c1", ["2026-03-02T09:00:00Z"])


def test_no_fact_takes_the_place_of_a_member(rfc: jsonschema.Draft202012Validator) -> None:
    facts: dict[str, Any] = {"status": "open", "type": 7, "title": None, "code": [], "detail": {}}
    body = problem_body("conflict", "why", facts=facts)
    rfc.validate(body)
    assert (body["status"], body["code"], body["detail"]) == (409, "conflict", "why")
    assert problem_response(body).status_code == 409


def test_what_is_wrong_with_a_request_names_field_and_reason_and_no_value(
    rfc: jsonschema.Draft202012Validator,
) -> None:
    errors = [{"type": "value_error", "loc": ("body", "due"), "msg": "Value error, lies in the past", "input": "Ana"}]
    body = validation_body(errors)
    rfc.validate(body)
    assert (body["status"], body["code"]) == (422, "invalid")
    assert body["errors"] == [{"field": "due", "reason": "lies in the past"}]
    assert "Ana" not in json.dumps(body)
    malformed = validation_body([{"type": "json_invalid", "loc": ("body", 3), "msg": "JSON decode error"}])
    rfc.validate(malformed)
    assert (malformed["status"], malformed["code"]) == (400, "malformed")


@pytest.mark.parametrize(("code", "again"), [("unavailable", "1"), ("not_here_yet", "1"), ("rate_limited", "1")])
def test_who_may_ask_again_is_told_when(code: str, again: str) -> None:
    assert problem_response(problem_body(code, "later")).headers["Retry-After"] == again
    assert "Retry-After" not in problem_response(refusal_body(Invalid("never"))).headers


def test_who_has_no_key_is_told_how_to_show_one() -> None:
    assert problem_response(problem_body("key_invalid", "no key")).headers["WWW-Authenticate"] == "Bearer"
