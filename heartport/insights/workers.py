"""Shares the counting among processes: each counts its part in memory and hands numbers back through a pipe.

Nothing is written anywhere. A worker whose parent is gone ends by itself, and a sealing whose worker is gone fails
before anything is published.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any

from heartport.errors import Unavailable
from heartport.insights.counting import AT_ONCE, count_people
from heartport.insights.rules.tables import Tally
from heartport.stores import Store, engine_of

Progress = Callable[[int], object]
"""Is told how many accounts were looked at since the last time."""


class WorkerLost(Unavailable):
    """A process that was counting ended before it was done; nothing was published."""

    code = "worker_lost"
    detail = "统计进程意外结束，没有公布任何内容，请重新运行。"


def count_all(account_ids: Sequence[str], window: str, workers: int, progress: Progress) -> Tally:
    """Return the tally of all accounts; raises `WorkerLost`."""
    batches = list(_batches(account_ids))
    if workers <= 1 or len(batches) <= 1:
        tally = Tally()
        for batch in batches:
            tally.update(count_people(batch, window))
            progress(len(batch))
        return tally
    return _gathered([batches[place::workers] for place in range(min(workers, len(batches)))], window, progress)


def _batches(account_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (account_ids[place : place + AT_ONCE] for place in range(0, len(account_ids), AT_ONCE))


def _gathered(shares: Sequence[Sequence[Sequence[str]]], window: str, progress: Progress) -> Tally:
    # A fork has the application, its settings and its keys already, and hands none of them over.
    context: Any = multiprocessing.get_context("fork")
    pipes = [context.Pipe(duplex=False) for _ in shares]
    workers = [
        context.Process(target=_work, args=(share, window, writer, os.getpid()), daemon=True)
        for share, (_, writer) in zip(shares, pipes, strict=True)
    ]
    for worker, (_, writer) in zip(workers, pipes, strict=True):
        worker.start()
        writer.close()
    try:
        return _received([reader for reader, _ in pipes], progress)
    finally:
        for worker in workers:
            worker.kill()
            worker.join()


def _received(readers: list[Connection], progress: Progress) -> Tally:
    tally = Tally()
    while readers:
        for reader in wait(readers):
            assert isinstance(reader, Connection)
            try:
                said = reader.recv()
            except EOFError:
                raise WorkerLost from None
            if isinstance(said, int):
                progress(said)
            else:
                tally.update(said)
                readers.remove(reader)
    return tally


def _work(share: Sequence[Sequence[str]], window: str, writer: Connection, parent: int) -> None:
    for store in Store:
        engine_of(store).dispose(close=False)  # The connections belong to the parent.
    tally = Tally()
    for batch in share:
        if os.getppid() != parent:
            return
        tally.update(count_people(batch, window))
        writer.send(len(batch))
    writer.send(tally)
