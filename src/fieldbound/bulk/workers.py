"""Blocks go in, Counts of each come out in the order of the blocks, however many processes judge.

Where processes can be forked, they are: they have what is compiled already, and a program that
starts them needs no guard around its first lines. A process whose parent is gone, ends.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from contextlib import suppress
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import FieldboundError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection

    from .block_check import Judge
    from .counts import Counts, Key
    from .inputs.blocks import Block

#: Blocks that may be judged for each process before the first of them is.
_AHEAD: Final = 4
#: Seconds after which a process that waits looks whether its parent is there.
_LOOK: Final = 1.0
#: Seconds that a process has to end by itself.
_END: Final = 1.0
_GONE: Final = (
    "a process that judges records has ended before its time: is there too little memory? "
    "fewer workers take less"
)
_UNGUARDED: Final = (
    '; and a script that asks for several must do so below `if __name__ == "__main__":`, '
    "for each of them runs its first lines again"
)


def judged(
    judge: Judge,
    blocks: Iterator[tuple[int, Block]],
    workers: int,
    full: Callable[[], frozenset[Key]],
) -> Iterator[tuple[int, Counts]]:
    """Judge blocks, and yield the Counts of each with how far it reaches, in their order.

    *full* tells of which limits no more samples are needed. Raises what `Judge.block` raises,
    FieldboundError where a process is gone.
    """
    if workers < 2:  # noqa: PLR2004 - one is this process itself
        for position, block in blocks:
            yield position, judge.block(block, full())
        return
    crew = _Crew(judge, workers)
    try:
        yield from crew.judged(blocks, full)
    finally:
        crew.end()


class _Crew:
    def __init__(self, judge: Judge, workers: int) -> None:
        way = _way()
        self._gone = _GONE if way == "fork" else _GONE + _UNGUARDED
        context: Any = multiprocessing.get_context(way)
        self._idle: list[Connection] = []
        self._busy: dict[Connection, tuple[int, int]] = {}
        self._given = 0
        self._processes = []
        self._ours: list[Connection] = []
        try:
            for _ in range(workers):
                ours, theirs = context.Pipe()
                self._ours.append(ours)
                inherited = tuple(self._ours) if way == "fork" else ()
                process = context.Process(
                    target=_serve, args=(theirs, judge, os.getpid(), inherited), daemon=True
                )
                process.start()
                theirs.close()
                self._processes.append(process)
                self._idle.append(ours)
        except BaseException:
            self.end()
            raise

    def judged(
        self, blocks: Iterator[tuple[int, Block]], full: Callable[[], frozenset[Key]]
    ) -> Iterator[tuple[int, Counts]]:
        done: dict[int, tuple[int, Counts]] = {}
        told = 0
        while True:
            self._give(blocks, full, told)
            if not self._busy:
                return
            ready: list[Any] = wait(list(self._busy))
            for worker in ready:
                number, position = self._busy.pop(worker)
                done[number] = position, self._received(worker)
                self._idle.append(worker)
            self._give(blocks, full, told)  # none shall wait until what is done is added up
            while told in done:
                yield done.pop(told)
                told += 1

    def _give(
        self,
        blocks: Iterator[tuple[int, Block]],
        full: Callable[[], frozenset[Key]],
        told: int,
    ) -> None:
        """Give each idle process the next block, but none too far ahead of those *told*."""
        while self._idle and self._given - told < _AHEAD * len(self._processes):
            position, block = next(blocks, (0, None))
            if block is None:
                return
            worker = self._idle.pop()
            self._send(worker, (block, full()))
            self._busy[worker] = self._given, position
            self._given += 1

    def end(self) -> None:
        """Let the processes end, or make them."""
        for worker in self._ours:
            with suppress(OSError):
                worker.send(None)
            worker.close()
        for process in self._processes:
            if self._busy:
                process.kill()
            process.join(_END)
            if process.exitcode is None:
                process.kill()
                process.join()
            process.close()
        self._processes = []

    def _send(self, worker: Connection, what: Any) -> None:
        try:
            worker.send(what)
        except OSError:
            raise FieldboundError(self._gone) from None

    def _received(self, worker: Any) -> Counts:
        try:
            answer = worker.recv()
        except (EOFError, OSError):
            raise FieldboundError(self._gone) from None
        if isinstance(answer, BaseException):
            raise answer
        return answer  # type: ignore[no-any-return]


def _way() -> str:
    """Return how processes are started: forked where that is sound, without other threads."""
    alone = threading.active_count() == 1
    if sys.platform == "linux" and alone and len(os.listdir("/proc/self/task")) == 1:  # noqa: PTH208
        return "fork"
    return "spawn"


def _serve(worker: Connection, judge: Judge, parent: int, inherited: Iterable[Connection]) -> None:
    """Judge what comes from the parent, until there is no more.

    The parent's ends of the pipes that were *inherited* are closed: while a process holds one,
    another that writes to it would wait for ever once the parent is gone.
    """
    for ours in inherited:
        ours.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told, and ends its processes
    with suppress(EOFError, OSError):
        while True:
            while not worker.poll(_LOOK):
                if os.getppid() != parent:
                    return
            task = worker.recv()
            if task is None:
                return
            answer: Any
            try:
                answer = judge.block(*task)
            except Exception as error:  # noqa: BLE001 - the parent raises it
                answer = error
            worker.send(answer)
