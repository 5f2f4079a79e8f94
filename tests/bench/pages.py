"""The pages of lists, turned one after the other as a person would from the first on."""

import time
from collections.abc import Mapping
from statistics import median
from typing import Any, Final

import httpx

from tests.bench import proc
from tests.bench.figures import SERVERS, per, percentile
from tests.bench.world import AUTH, Server

LISTS: Final[Mapping[str, Mapping[str, Mapping[str, Any]]]] = {
    "intake": {"/v1/complaints": {"limit": 50}},
    "routing": {"/v1/queues": {}},
    "followup": {"/v1/cases": {"limit": 50}, "/v1/promises": {"limit": 50, "status": "open"}},
}
"""By service, each list and how it is asked for."""

_MOST: Final = 50
_LONGEST_SECONDS: Final = 5.0


async def turned(server: Server, path: str, asked: Mapping[str, Any]) -> dict[str, float]:
    """What a page takes and costs: fifty of them, or what five seconds allow. A list of one page is asked anew.

    `bad`: the last of them was no page but an error, which is a figure, too.
    """
    times: list[float] = []
    bad = 0
    meter = proc.Meter.of({"process": server.pid, **proc.servers()})
    async with httpx.AsyncClient(base_url=server.url, headers=AUTH, timeout=120, trust_env=False) as http:
        cursor: str | None = None
        while not bad and len(times) < _MOST and sum(times) < _LONGEST_SECONDS * 1000:
            begun = time.perf_counter()
            page = await http.get(path, params={**asked, **({"cursor": cursor} if cursor else {})})
            times.append((time.perf_counter() - begun) * 1000)
            bad = int(not page.is_success)
            cursor = None if bad else page.json()["next"]
    spent = per(meter.spent(), len(times), {"process": "process", **SERVERS})
    return {"ms p50": median(times), "ms p99": percentile(times, 0.99), "bad": bad, **spent}
