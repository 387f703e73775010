"""The same work on the workers of a Dask cluster.

The job goes to the cluster once and to every worker once; each part is one task and
each sum of some parts another, so that no machine holds all parts. A worker that dies
takes nothing along: whatever was its work is done again by the others, the job too,
because it is a task like the rest.
"""

from __future__ import annotations

import uuid
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from gridgov.errors import ExtraMissingError, OptionError
from gridgov.scale.counting import Summary, merge

__all__ = ["connect", "each", "total"]

# Summaries that one task adds up.
_ADDED_AT_ONCE = 8


@contextmanager
def connect(client: Any) -> Iterator[Any]:
    """Give a Dask client; one that was made here is closed when the block ends.

    Parameters
    ----------
    client
        A ``distributed.Client``, or the address of a scheduler.

    Raises
    ------
    ExtraMissingError
        If Dask is not installed.
    OptionError
        If it is neither, or nobody answers at the address.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ExtraMissingError(
            "A cluster needs Dask. Found: it is not installed. "
            'Install it with: pip install "gridgov[scale]".'
        ) from error
    if isinstance(client, Client):
        yield client
        return
    wanted = "client must be a distributed.Client or the address of a scheduler such as"
    if not isinstance(client, str):
        raise OptionError(
            f"{wanted} 'tcp://10.0.0.1:8786', or None for this machine alone. Found: "
            f"{type(client).__name__}."
        )
    try:
        made = Client(client, set_as_default=False)
    except (OSError, ValueError) as error:
        raise OptionError(
            f"{wanted} 'tcp://10.0.0.1:8786'. Found: {client!r}, where nobody answers: {error}."
        ) from error
    with made:
        yield made


def each(
    client: Any, job: Any, work: Callable[[Any, Any], Any], items: Sequence[Any]
) -> Iterator[Any]:
    """Yield what work makes of the job and every item, in the order in which they finish."""
    from distributed import as_completed

    sent = _send(client, job)
    futures = [client.submit(work, sent, item, key=_key("each")) for item in items]
    coming = as_completed(futures)
    del futures
    for future in coming:
        yield future.result()


def total(
    client: Any,
    job: Any,
    work: Callable[[Any, Any], Summary],
    items: Sequence[Any],
    *,
    tell: Callable[[Any], None],
) -> Summary:
    """Return the sum of what work makes of the job and every item.

    Parameters
    ----------
    client
        A Dask client.
    job
        What every task needs.
    work
        Takes the job and an item.
    items
        At least one.
    tell
        Called with every item that is finished.
    """
    from distributed import as_completed

    sent = _send(client, job)
    leaves = {client.submit(work, sent, item, key=_key("part")): item for item in items}
    level = list(leaves)
    while len(level) > 1 or level[0] in leaves:
        level = [
            client.submit(merge, level[start : start + _ADDED_AT_ONCE], key=_key("sum"))
            for start in range(0, len(level), _ADDED_AT_ONCE)
        ]
    coming = as_completed(list(leaves))
    # Nothing here may hold on to a part once it is added up.
    waiting = {future.key: item for future, item in leaves.items()}
    leaves.clear()
    for future in coming:
        if future.status != "finished":
            future.result()
        tell(waiting.pop(future.key))
    del coming
    result: Summary = level[0].result()
    return result


def _send(client: Any, job: Any) -> Any:
    """Return the job as it lies on the cluster."""
    with warnings.catch_warnings():
        # Outlines of a country are megabytes, which is what a job is for: scattered
        # data would be lost with the last worker that holds it, a task is not.
        warnings.filterwarnings("ignore", message="Sending large graph")
        return client.submit(_same, job, key=_key("job"))


def _same(job: Any) -> Any:
    """Return the job."""
    return job


def _key(what: str) -> str:
    """Return a name for a task that no other run uses."""
    return f"gridgov-{what}-{uuid.uuid4().hex}"
