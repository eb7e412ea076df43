"""Python code, and the command, in a process of its own that takes milliseconds to start.

It is forked from a server that has imported what it needs, and nothing else runs in it: what it has
is what a new process has after its imports. Use a real process for what an interpreter does
before: options of its environment, such as PYTHONUTF8, and streams that are closed.
"""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from .running import Ran

#: What the server of commands imports.
_IMPORTS = """\
import jiter, jsonschema_rs, multiprocessing.connection
import fieldbound.bulk.inputs, fieldbound.catalog, fieldbound.config, fieldbound.policy
import fieldbound.cli.commands.check, fieldbound.cli.entry_point, fieldbound.cli.kinds.documents
import fieldbound.cli.kinds.recordings, fieldbound.cli.kinds.records, fieldbound.policy.baseline
import fieldbound.render.bulk.formats, fieldbound.render.text
"""
#: Forks a process for each request, one at a time: its streams, a pipe with the rest of it.
_SERVER = """\
import atexit, gc, json, os, socket, sys, traceback

exec(sys.argv.pop(), {})
gc.freeze()
connection = socket.socket(fileno=int(sys.argv[1]))

def execute(streams):
    connection.close()
    with open(streams.pop()) as pipe:
        code, argv, folder, env = json.load(pipe)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        errors = ("surrogateescape", "strict", "backslashreplace")[number]
        mode = "w" if number else "r"
        stream = open(number, mode, encoding="utf-8", errors=errors, closefd=False)
        setattr(sys, name, stream)
    sys.argv = ["-c", *argv]
    try:
        exec(compile(code, "<string>", "exec"), {"__name__": "__main__"})
    except SystemExit as stop:
        return stop.code or 0
    except BaseException:
        traceback.print_exc()
        return 1
    return 0

while True:
    message, streams, _, _ = socket.recv_fds(connection, 1, 4)
    if not message:
        break
    pid = os.fork()
    if not pid:
        code = 1
        try:
            code = execute(streams)
            atexit._run_exitfuncs()
            for each in filter(None, (sys.stderr, sys.stdout)):
                each.flush()
        finally:
            os._exit(code)
    for each in streams:
        os.close(each)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    connection.sendall(code.to_bytes(4, "big", signed=True))
"""
_COMMAND = "import sys; from fieldbound.cli import run; sys.exit(run())"
#: The mark of a test that forks: Python 3.12 warns of it where there are threads.
FORK_WITH_THREADS = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
#: Bytes that a pipe takes before anyone reads from it.
_PIPE_SIZE = 65536


def forked_command(
    *argv: str, env: Mapping[str, str] | None = None, stdin: str = "", stdout: int | None = None
) -> Ran:
    """Run the command, with *env* added to the environment."""
    return forked(_COMMAND, *argv, env={**os.environ, **(env or {})}, stdin=stdin, stdout=stdout)


def forked(
    code: str,
    *argv: str,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
    stdout: int | None = None,
    folder: Path | None = None,
    imports: str = _IMPORTS,
) -> Ran:
    """Run *code* as `python -c` does, and return its exit code, output and standard error.

    With *stdout*, a file descriptor, the output is written there. Standard error is read until
    all processes that have it have ended. *imports* is the code that the server runs first.
    """
    if os.name == "nt":
        return _started(code, *argv, env=env, stdin=stdin, stdout=stdout, folder=folder)
    with tempfile.TemporaryFile() as output:
        reader, writer = os.pipe()
        request, given = os.pipe(), os.pipe()
        sent = (given[0], output.fileno() if stdout is None else stdout, writer, request[0])
        server = _server(imports)
        socket.send_fds(server, [b"."], sent)
        for each in (given[0], writer, request[0]):
            os.close(each)
        with os.fdopen(request[1], "w", encoding="utf-8") as pipe:
            json.dump([code, argv, str(folder or Path.cwd()), dict(env or os.environ)], pipe)
        with os.fdopen(given[1], "wb") as pipe:
            assert len(stdin.encode()) <= _PIPE_SIZE, "written before it is read"
            pipe.write(stdin.encode("utf-8", "surrogateescape"))
        with os.fdopen(reader, "rb") as pipe:
            err = pipe.read().decode("utf-8", "surrogateescape")
        ended = int.from_bytes(server.recv(4), "big", signed=True)
        output.seek(0)
        return Ran(ended, output.read().decode("utf-8", "surrogateescape"), err)


def _started(
    code: str,
    *argv: str,
    env: Mapping[str, str] | None,
    stdin: str,
    stdout: int | None,
    folder: Path | None,
) -> Ran:
    ran = subprocess.run(
        [sys.executable, "-c", code, *argv],
        cwd=folder,
        env=env,
        input=stdin,
        stdout=subprocess.PIPE if stdout is None else stdout,
        stderr=subprocess.PIPE,
        check=False,
        encoding="utf-8",
        errors="surrogateescape",
    )
    return Ran(ran.returncode, ran.stdout or "", ran.stderr)


def fork_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fork workers of bulk checks on Linux, also where pytest has threads: xdist's only wait."""
    if sys.platform == "linux":
        monkeypatch.setattr("fieldbound.bulk.workers._start_method", lambda: "fork")


@cache
def _server(imports: str) -> socket.socket:
    """Return the connection to the server of these imports, which ends when it is closed."""
    connection, other = socket.socketpair()
    argv = [sys.executable, "-c", _SERVER, str(other.fileno()), imports]
    server = subprocess.Popen(argv, pass_fds=[other.fileno()])
    other.close()

    def stop() -> None:
        connection.close()
        server.wait()

    atexit.register(stop)
    return connection
