"""Structured logs: JSON for machines or columns for people. Never personal data: ids, types and reasons only.

Keys used everywhere: `service`, `complaint_id`, `event_id`, `type`, `request_id`, `error`.
"""

import logging
import sys
from typing import Any, Final, Literal

import structlog
from structlog.typing import ExcInfo, Processor

_TRANSFORMED: Final = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)


def _where(exc_info: ExcInfo) -> list[dict[str, Any]]:
    """Where it went wrong, without the values there: those are whole documents, with what people told us."""
    found = _TRANSFORMED(exc_info)
    for each in found:
        if each["exc_type"] == "ValidationError":  # its words quote what was wrong
            each["exc_value"] = "what was given does not fit"
    return found


_TRACEBACKS: Final = structlog.processors.ExceptionRenderer(_where)


def _not_expected(record: logging.LogRecord) -> bool:
    """A client that dawdles is taken for gone in the middle of its answer; the server calls that an error of ours."""
    return "returned without completing response" not in record.getMessage()


def configure(service: str, *, style: Literal["json", "console"], level: str) -> None:
    """Everything this process logs, its libraries' warnings too, goes to stderr in one style."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    last: list[Processor] = (
        [_TRACEBACKS, structlog.processors.JSONRenderer()]
        if style == "json"
        else [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("aiokafka").setLevel(logging.ERROR)
    # What the driver tries again by itself (new topics, rebalances) is seen as lag, and in our own words when it lasts.
    logging.getLogger("aiokafka.consumer").setLevel(logging.CRITICAL)
    logging.getLogger("uvicorn.error").addFilter(_not_expected)
    logging.captureWarnings(capture=True)
    structlog.contextvars.bind_contextvars(service=service)
