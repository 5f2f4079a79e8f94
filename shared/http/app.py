"""The application of a service: its routes, health, metrics, and the same manners everywhere."""

from datetime import datetime
from functools import partial
from importlib.metadata import version
from typing import Any, Final

import structlog
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.registry import Collector

from shared import metrics
from shared.http import ops, problems
from shared.http.guessing import Guard
from shared.http.hot import doors
from shared.http.middleware import Manners, Room
from shared.http.openapi import Application
from shared.http.parts import View
from shared.http.problems import Problem
from shared.http.query import refuse_unknown
from shared.kafka import LogError
from shared.mongo import StoreError

log = structlog.get_logger()


class Alive(View):
    """The process runs. `clock_rate`: how fast its product clock does."""

    status: str
    service: str
    clock_rate: float
    now: datetime


class Readiness(View):
    """Whether the process can do its work, and what is missing."""

    ready: bool
    service: str
    missing: list[str]


_PROBLEM: Final[dict[str, Any]] = {"model": Problem, "description": "What is wrong, and what to do."}
_NOT_READY: Final[dict[str, Any]] = {"model": Readiness, "description": "What is missing."}


def create_app(runtime: Any) -> FastAPI:
    """A service's application. `runtime` is what its routes reach through `app.state`."""
    name = runtime.name
    app = Application(
        title=f"Palabra {name}",
        version=version("palabra"),
        docs_url="/docs",
        redoc_url=None,
        redirect_slashes=False,  # a path that is none is 404, not a detour
        responses={"4XX": _PROBLEM},
    )
    app.state.runtime = runtime
    app.state.guard = Guard()
    metrics.BUILD_INFO.info({"version": app.version})
    problems.install(app)
    for router in runtime.blueprint.routers:
        app.include_router(router, dependencies=[Depends(refuse_unknown)])
    app.include_router(ops.routes(name), dependencies=[Depends(refuse_unknown)])
    _add_health(app, runtime)
    settings = runtime.settings
    manners = partial(
        Manners, service=name, max_body_bytes=settings.max_body_bytes, body_seconds=settings.body_seconds, room=Room()
    )
    app.add_middleware(manners)
    routes = [route for router in runtime.blueprint.routers for route in router.routes]
    app.doors = {place: manners(door) for place, door in doors(app, routes).items()}
    return app


def _add_health(app: FastAPI, runtime: Any) -> None:
    @app.get("/healthz", tags=["health"])
    async def healthz() -> Alive:
        """This process is alive. Says how fast its product clock runs."""
        return Alive(status="ok", service=runtime.name, clock_rate=runtime.clock.rate, now=runtime.clock.now())

    @app.get("/readyz", tags=["health"], response_model=Readiness, responses={503: _NOT_READY})
    async def readyz() -> Response:
        """This process can do its work; else 503 and what is missing."""
        missing = await runtime.health.missing()
        body = {"ready": not missing, "service": runtime.name, "missing": missing}
        return JSONResponse(body, status_code=503 if missing else 200)

    @app.get("/status", tags=["health"])
    async def status() -> dict[str, Any]:
        """Lag of the service's consumers, depth of its outbox, how much is parked."""
        figures: dict[str, Any] = await runtime.health.status()
        return figures

    @app.get("/metrics", tags=["health"], response_class=PlainTextResponse)
    async def shown(_: Request) -> Response:
        """Prometheus text; 503 rather than zeros when the totals cannot be read."""
        text = generate_latest(REGISTRY)
        if runtime.blueprint.metrics is not None:
            try:
                text += generate_latest(_registry(await runtime.blueprint.metrics(runtime)))
            except (StoreError, LogError, TimeoutError) as error:
                log.warning("totals_unreadable", error=str(error)[:200])
                return problems.problem_response(problems.problem_body("unavailable", "the totals cannot be read"))
        return Response(text, media_type=CONTENT_TYPE_LATEST)


def _registry(families: Any) -> CollectorRegistry:
    class Fixed(Collector):
        def collect(self) -> Any:
            return families

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Fixed())
    return registry
