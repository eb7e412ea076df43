"""Check blocks in several processes, and yield the Counts in the order of the blocks.

Where it is safe, processes are forked: they inherit compiled schemas, and a script that starts
them needs no `__main__` guard. A worker exits when its parent is gone.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from contextlib import suppress
from multiprocessing.connection import wait
from multiprocessing.reduction import ForkingPickler
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import FieldboundError

from .inputs.json_array import JsonArraySource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from .block_checker import BlockChecker
    from .counts import Counts, LimitKey
    from .inputs.blocks import Block, Source

#: Blocks per worker that may be sent before the first of them is added up.
_MAX_PENDING: Final = 4
#: Seconds after which a waiting worker looks whether its parent is alive.
_PARENT_POLL: Final = 1.0
#: Seconds that a worker has to exit by itself.
_EXIT_TIMEOUT: Final = 1.0
_WORKER_DIED: Final = (
    "a worker process ended unexpectedly: if it ran out of memory, use fewer workers"
)
_NO_GUARD: Final = (
    '; a script that uses several workers must do so below `if __name__ == "__main__":`, '
    "because each worker imports it again"
)


def check_blocks(
    checker: BlockChecker,
    source: Source,
    skip: int,
    workers: int,
    fully_sampled: Callable[[], frozenset[LimitKey]],
) -> Iterator[tuple[int, Counts]]:
    """Check the blocks of a source but the first ones, so many, in their order.

    Yield of each the position of the source after it, and its Counts. *fully_sampled* returns the
    limits that need no more samples. Raises what `BlockChecker.check` raises, and FieldboundError
    if a worker dies.
    """
    if workers < 2:  # noqa: PLR2004 - one worker is this process itself
        if isinstance(source, JsonArraySource):
            source.prove = checker.prove_items
        for block in source.blocks(skip):
            counts = checker.check(block, fully_sampled())
            yield source.position, counts
        return
    pool = _WorkerPool(checker, workers)
    try:
        yield from pool.check(source, skip, fully_sampled)
    finally:
        pool.close()


class _WorkerPool:
    def __init__(self, checker: BlockChecker, workers: int) -> None:
        method = _start_method()
        self._died_message = _WORKER_DIED if method == "fork" else _WORKER_DIED + _NO_GUARD
        context: Any = multiprocessing.get_context(method)
        self._idle: list[Connection] = []
        self._busy: dict[Connection, tuple[int, int]] = {}
        self._sent = 0
        self._processes = []
        self._connections: list[Connection] = []
        try:
            for _ in range(workers):
                connection, worker_end = context.Pipe()
                self._connections.append(connection)
                inherits = (checker, *self._connections) if method == "fork" else ()
                process = context.Process(
                    target=_run_worker, args=(worker_end, os.getpid(), *inherits), daemon=True
                )
                process.start()
                worker_end.close()
                self._processes.append(process)
                self._idle.append(connection)
            if method != "fork":
                # as an argument, it would block forever if the process ended before it was read
                for connection in self._connections:
                    self._send(connection, checker)
        except BaseException:
            self.close()
            raise

    def check(
        self,
        source: Source,
        skip: int,
        fully_sampled: Callable[[], frozenset[LimitKey]],
    ) -> Iterator[tuple[int, Counts]]:
        """Check blocks, as `check_blocks` does."""
        blocks = source.blocks(skip)
        done: dict[int, tuple[int, Counts]] = {}
        yielded = 0
        while True:
            self._send_blocks(source, blocks, fully_sampled, yielded)
            if not self._busy:
                return
            ready: list[Any] = wait(list(self._busy))
            for worker in ready:
                number, position = self._busy.pop(worker)
                done[number] = position, self._receive(worker)
                self._idle.append(worker)
            self._send_blocks(
                source, blocks, fully_sampled, yielded
            )  # before the results are added up
            while yielded in done:
                yield done.pop(yielded)
                yielded += 1

    def _send_blocks(
        self,
        source: Source,
        blocks: Iterator[Block],
        fully_sampled: Callable[[], frozenset[LimitKey]],
        yielded: int,
    ) -> None:
        """Send a block to each idle worker, unless too many are pending."""
        while self._idle and self._sent - yielded < _MAX_PENDING * len(self._processes):
            block = next(blocks, None)
            if block is None:
                return
            worker = self._idle.pop()
            self._send(worker, (block, fully_sampled()))
            self._busy[worker] = self._sent, source.position
            self._sent += 1

    def close(self) -> None:
        """Stop all workers; kill those that are busy or do not exit."""
        for connection in self._connections:
            with suppress(OSError):
                connection.send(None)
            connection.close()
        for process in self._processes:
            if self._busy:
                process.kill()
            process.join(_EXIT_TIMEOUT)
            if process.exitcode is None:
                process.kill()
                process.join()
            process.close()
        self._processes = []

    def _send(self, worker: Connection, task: Any) -> None:
        data = ForkingPickler.dumps(task)  # which reads a block of a stream
        try:
            worker.send_bytes(data)
        except OSError:
            raise FieldboundError(self._died_message) from None

    def _receive(self, worker: Any) -> Counts:
        try:
            result = worker.recv()
        except (EOFError, OSError):
            raise FieldboundError(self._died_message) from None
        if isinstance(result, BaseException):
            raise result
        return result  # type: ignore[no-any-return]


def _start_method() -> str:
    """Return how processes are started: by fork on Linux if this process has no other threads."""
    alone = threading.active_count() == 1
    if sys.platform == "linux" and alone and len(os.listdir("/proc/self/task")) == 1:  # noqa: PTH208
        return "fork"
    return "spawn"


def _run_worker(
    connection: Connection,
    parent: int,
    checker: BlockChecker | None = None,
    *inherited: Connection,
) -> None:
    """Check the blocks that the parent sends, until it sends None or is gone.

    A checker that is not inherited is sent before them. The parent's ends of the pipes that were
    *inherited* are closed: while one process holds such an end, a worker that writes to the pipe
    would block forever after the parent is gone.
    """
    for parent_end in inherited:
        parent_end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted, and stops its workers
    with suppress(EOFError, OSError):
        while True:
            while not connection.poll(_PARENT_POLL):
                if os.getppid() != parent:
                    return
            task = connection.recv()
            if task is None:
                return
            if checker is None:
                checker = task
                continue
            result: Any
            try:
                result = checker.check(*task)
            except Exception as error:  # noqa: BLE001 - the parent raises it
                result = error
            connection.send(result)
