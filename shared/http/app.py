"""The application of a service: its routes, health, metrics, and the same manners everywhere."""

from importlib.metadata import version
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.registry import Collector

from shared import metrics
from shared.http import ops, problems
from shared.http.guessing import Guard
from shared.http.middleware import Manners
from shared.http.problems import Problem
from shared.kafka import LogError
from shared.mongo import StoreError

log = structlog.get_logger()

_PROBLEM: dict[str, Any] = {"model": Problem, "content": {"application/problem+json": {}}}


def create_app(runtime: Any) -> FastAPI:
    """A service's application. `runtime` is what its routes reach through `app.state`."""
    name = runtime.name
    app = FastAPI(
        title=f"Palabra {name}",
        version=version("palabra"),
        docs_url="/docs",
        redoc_url=None,
        responses={"4XX": {**_PROBLEM, "description": "What is wrong, and what to do."}},
    )
    app.state.runtime = runtime
    app.state.guard = Guard()
    metrics.BUILD_INFO.info({"version": app.version})
    problems.install(app)
    for router in runtime.blueprint.routers:
        app.include_router(router)
    app.include_router(ops.routes(name))
    _add_health(app, runtime)
    app.add_middleware(Manners, service=name, max_body_bytes=runtime.settings.max_body_bytes)
    return app


def _add_health(app: FastAPI, runtime: Any) -> None:
    @app.get("/healthz", tags=["health"])
    async def healthz() -> dict[str, Any]:
        """This process is alive. Says how fast its product clock runs."""
        return {"status": "ok", "service": runtime.name, "clock_rate": runtime.clock.rate, "now": runtime.clock.now()}

    @app.get("/readyz", tags=["health"])
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

    @app.get("/metrics", tags=["health"])
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
