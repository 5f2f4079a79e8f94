"""How a body that is read by hand appears in the OpenAPI document."""

from typing import Any

from pydantic import BaseModel


def json_body(model: type[BaseModel], media_type: str = "application/json") -> dict[str, Any]:
    """`openapi_extra` for a route whose body is this form."""
    schema = model.model_json_schema()
    parts = schema.pop("$defs", {})
    return {"requestBody": {"required": True, "content": {media_type: {"schema": _inlined(schema, parts)}}}}


def _inlined(schema: Any, parts: dict[str, Any]) -> Any:
    """The schema with its parts in their places; none of ours holds itself."""
    if isinstance(schema, list):
        return [_inlined(each, parts) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        rest = {name: value for name, value in schema.items() if name != "$ref"}
        return {**_inlined(parts[schema["$ref"].rpartition("/")[2]], parts), **rest}
    return {name: _inlined(value, parts) for name, value in schema.items()}
