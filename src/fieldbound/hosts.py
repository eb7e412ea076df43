"""A message goes in, the API that it belongs to comes out, by its host and its path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .http import API, api
from .messages import request_of


class Where(NamedTuple):
    """Where an API is: at hosts of a pattern, of a port if it has one, below a path."""

    host: str
    path: str
    api: API


class Hosts:
    """Several APIs: some at hosts that are named, the others where their documents say.

    The first of the named ones that a URL matches is its API. Of the others it is the one that
    has such a path, and then the one at whose host it is.
    """

    def __init__(self, named: Mapping[str, API], others: Iterable[API] = ()) -> None:
        self.named = [Where(*_parted(pattern), each) for pattern, each in named.items()]
        self.others = list(others)

    @property
    def apis(self) -> list[API]:
        """All of the APIs, each once."""
        found = {id(each): each for each in (*(where.api for where in self.named), *self.others)}
        return list(found.values())

    def api_of(self, request: Any) -> API | None:
        """Return the API that a request belongs to; None where none covers it."""
        message = request_of(request)
        host, path = host_of(message.url), urlsplit(message.url).path or "/"
        for where in self.named:
            at = host if ":" in where.host else host.partition(":")[0]
            if fnmatchcase(at, where.host) and f"{path}/".startswith(where.path):
                return where.api
        claims = [each for each in self.others if each.operation_of(message) is not None]
        claims += [each for each in self.others if each.has_path(path)]
        claims += [each for each in self.others if each.is_at(host)]
        near = [each for each in claims if each.is_at(host)]
        return next(iter((*near, *claims)), None)


def host_of(url: str) -> str:
    """Return the host of a URL, with its port if that is named, and nothing secret."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def hosts_of(entries: Iterable[str], folders: Iterable[str] = ()) -> Hosts:
    """Return APIs as they are named: `NAME`, or `HOST=NAME` to say where one is.

    Raises UnknownName and BrokenContract, as `fieldbound.api` does.
    """
    made: dict[str, API] = {}
    named: dict[str, API] = {}
    others: dict[str, API] = {}
    for entry in entries:
        host, mark, name = entry.rpartition("=")
        if name not in made:
            made[name] = api(name, folders)
        if mark:
            named[host] = made[name]
        else:
            others[name] = made[name]
    return Hosts(named, others.values())


def _parted(pattern: str) -> tuple[str, str]:
    """Return a pattern of hosts, and the path below which it counts, from one text."""
    bare = re.sub(r"^[a-z]+://", "", pattern.strip())
    host, _, path = bare.partition("/")
    below = path.strip("/")
    return host.lower(), f"/{below}/" if below else "/"
