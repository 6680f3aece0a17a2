"""Clients of the page bench: tabs that click again and again, in a process of their own."""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from statistics import median, quantiles

from tests.web.streaming import Run, Tab, tab

PAGER = "page"


def turn(client: Tab, number: int) -> Run:
    """Click on a page of the pager."""
    return client.use(PAGER, number)


def again(client: Tab, _number: int) -> Run:
    """Run the whole page once more."""
    return client.again()


DEEDS = {"turn": turn, "again": again}


def _clicks(client: Tab, deed: str, until: float) -> list[float]:
    taken = []
    while (start := time.perf_counter()) < until:
        DEEDS[deed](client, 1 + len(taken) % 2)
        taken.append(time.perf_counter() - start)
    return taken


def load(url: str, cookies: list[str], sessions: int, seconds: float, deed: str) -> dict[str, float]:
    """Tabs that click as soon as the last click is answered: reruns a second, and the milliseconds of one."""
    with ExitStack() as opened, ThreadPoolExecutor(sessions) as threads:
        tabs = [opened.enter_context(tab(url, cookies[i % len(cookies)])) for i in range(sessions)]
        for client in tabs:
            client.run("invoices")
        start = time.perf_counter()
        work = [threads.submit(_clicks, client, deed, start + seconds) for client in tabs]
        taken = [one for job in work for one in job.result()]
        passed = time.perf_counter() - start
    return {
        "rate": len(taken) / passed,
        "median": median(taken) * 1000,
        "p95": quantiles(taken, n=20)[-1] * 1000,
    }


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    sys.stdout.write(json.dumps(load(**asked)))
