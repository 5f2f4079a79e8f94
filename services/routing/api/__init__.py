"""Routing over HTTP: words to a command and back."""

from typing import Final

from fastapi import APIRouter

from services.routing.api import absences, assignments, feeds, keys, legal, queues, reference

ROUTERS: Final[tuple[APIRouter, ...]] = (
    assignments.router,
    queues.router,
    absences.router,
    keys.router,
    feeds.router,
    legal.router,
    *reference.ROUTERS,
)
