"""Query parameters that a route does not know are refused: a misspelt filter must not answer with everything."""

from collections.abc import Callable
from typing import Any, Final
from weakref import WeakKeyDictionary

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel

from shared.decision import Invalid

_EVERYWHERE: Final = frozenset({"wait"})
_KNOWN: Final["WeakKeyDictionary[Callable[..., Any], frozenset[str]]"] = WeakKeyDictionary()


async def refuse_unknown(request: Request) -> None:
    """Every query parameter is one that the route declares.

    Raises:
        Invalid: one is not; the answer names those that are.
    """
    route = request.scope.get("route")
    if not request.scope["query_string"] or not request.query_params or not isinstance(route, APIRoute):
        return
    known = _declared(route)
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        name = unknown[0][:100] or "query"
        reason = f"is no parameter here; those are {', '.join(sorted(known))}"
        raise Invalid(f"{name}: {reason}", errors=[(name, reason)])


def _declared(route: APIRoute) -> frozenset[str]:
    if route.endpoint not in _KNOWN:
        _KNOWN[route.endpoint] = _EVERYWHERE | _of(route.dependant)
    return _KNOWN[route.endpoint]


def _of(dependant: Dependant) -> frozenset[str]:
    names: set[str] = set()
    for parameter in dependant.query_params:
        model: Any = parameter.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            names |= {field.alias or name for name, field in model.model_fields.items()}
        else:
            names.add(parameter.alias)
    return frozenset(names).union(*map(_of, dependant.dependencies))
