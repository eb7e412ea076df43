"""The value of a recording goes in, a HAR, a cassette or a log; the exchanges in it come out.

Of each exchange it is kept where in the recording its parts stand. Three shapes are read:

- a HAR: `log.entries`, as browsers and proxies write it;
- a cassette: `interactions` of vcrpy, `http_interactions` of Ruby's VCR, and the bare list of
  exchanges that old ones are;
- a log: an exchange alone, or a list of them:

      {"request": {"method": "POST", "url": "https://…", "headers": {…}, "body": …},
       "response": {"status": 201, "headers": {…}, "body": …}}

Headers are an object, with a text or a list of texts for each name, or a list of pairs, of objects
with `name` and `value`, or of `Name: value`. A body is a text, or in a log any JSON value. A log
may say `uri` for `url`, `status_code` for `status`, and have bodies as a HAR has them.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode, urlsplit

from fieldbound.http import BODILESS, Message, headers_of
from fieldbound.model import FieldboundError

Path = tuple[str | int, ...]
#: Headers as pairs, and where each stands, by its name in lower case.
_Headers = tuple[list[tuple[str, str]], dict[str, "Spot"]]

_OMITTED: Final = "the recording does not have it"
_UNREAD: Final = "it is recorded in a way that is not read here"
_NOT_HTTP: Final = "not of HTTP"
_TUNNEL: Final = "to open a tunnel"
_FAILED: Final = "that failed before a response came"
_SCHEMES: Final = ("http", "https", "")
_WITHOUT_HOST: Final = ("data:", "blob:", "about:", "javascript:")
_URLS: Final = ("url", "uri")
_SWITCHED: Final = 101
_STATUSES: Final = ("status", "status_code", "code")
_PARTS: Final = ("protocol", "host", "port", "path")
_PORTS: Final = (("http", "80"), ("https", "443"))


class Spot(NamedTuple):
    """Where something stands in a recording: at a path, at its key if *of_key*."""

    path: Path
    of_key: bool = False


class Part(NamedTuple):
    """A recorded message, and where its parts stand: the whole at "", others at their pointers.

    The body stands at `/body` as the text that it is, or at `/body/` as the JSON value that it is.
    A header is found by its name in lower case.
    """

    message: Message
    spots: Mapping[str, Spot]


class Exchange(NamedTuple):
    """A request with its response, if that is there; *skipped* tells why it cannot be judged."""

    number: int
    request: Part | None = None
    response: Part | None = None
    skipped: str | None = None


class Unreadable(FieldboundError, ValueError):
    """An exchange that cannot be read: *path* is where, *reason* what is wrong there."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def _facts(self) -> tuple[Any, ...]:
        return self.path, self.reason

    def __str__(self) -> str:
        return self.reason


class Shape(NamedTuple):
    """Where the exchanges of a recording are, and whether bodies are wrapped, as in a cassette."""

    path: Path
    exchanges: Sequence[Any]
    wrapped: bool = False


def shape_of(value: Any, *, is_har: bool = False) -> Shape | None:
    """Return where in a recording its exchanges are; None if it is none, or no HAR."""
    if isinstance(value, Mapping):
        log = value.get("log")
        if isinstance(log, Mapping) and isinstance(log.get("entries"), list):
            return Shape(("log", "entries"), log["entries"])
        if is_har:
            return None
        for name in ("interactions", "http_interactions"):
            if isinstance(value.get(name), list):
                return Shape((name,), value[name], wrapped=True)
        return Shape((), (value,)) if "request" in value else None
    if is_har or not isinstance(value, list):
        return None
    requests = [each.get("request") for each in value if isinstance(each, Mapping)]
    named = [each for each in requests if isinstance(each, Mapping)]
    if len(named) < len(value):
        return None
    return Shape((), value, wrapped=any(_PARTS[0] in each for each in named))


def read_exchange(given: Any, path: Path, number: int, *, wrapped: bool = False) -> Exchange:
    """Return the exchange at a path of a recording.

    Raises Unreadable where that is none.
    """
    request = given.get("request") if isinstance(given, Mapping) else None
    if not isinstance(request, Mapping):
        raise Unreadable(path, "the exchange has no request: an object with a method and a url")
    at = (*path, "request")
    method = request.get("method")
    if not isinstance(method, str) or not method:
        raise Unreadable(at, "the request has no method")
    url, url_at = _url(request, at)
    skipped = _TUNNEL if method.upper() == "CONNECT" else None if _is_http(url) else _NOT_HTTP
    if skipped:
        return Exchange(number, skipped=skipped)
    headers = _headers(request.get("headers"), (*at, "headers"))
    if _is_socket(given, headers, (*path, "response")):
        return Exchange(number, skipped=_NOT_HTTP)
    body = _request_body(request, headers, at, wrapped)
    spots = {"": Spot(at), "/url": Spot(url_at), "/method": Spot((*at, "method"))}
    asked = _part(Message(method, url), headers, body, spots)
    response = given.get("response")
    if response is None:
        return Exchange(number, asked)
    if not isinstance(response, Mapping):
        raise Unreadable((*path, "response"), "the response is no object with a status")
    answered = _answer(asked.message, response, (*path, "response"), wrapped)
    return Exchange(number, asked, answered, None if answered else _FAILED)


def _answer(asked: Message, response: Mapping[str, Any], at: Path, wrapped: bool) -> Part | None:
    """Return a response, or None if it is that of a request that failed."""
    status, status_at = _status(response, at)
    if not status:
        return None
    headers = _headers(response.get("headers"), (*at, "headers"))
    body = _response_body(response, at, wrapped)
    if body.unread and (asked.method == "HEAD" or status in BODILESS):
        body = _Body(body.spot)
    spots = {"": Spot(at), "/status": Spot(status_at)}
    return _part(Message(asked.method, asked.url, status=status), headers, body, spots)


class _Body(NamedTuple):
    spot: Spot
    body: Any = None
    unread: str | None = None
    media_type: str | None = None


def _part(line: Message, headers: _Headers, body: _Body, spots: Mapping[str, Spot]) -> Part:
    """Return a message that has its first *line* already."""
    pairs, named = headers
    is_there = body.body is not None or body.unread is not None
    if body.media_type and is_there and "/headers/content-type" not in named:
        pairs = [*pairs, ("Content-Type", body.media_type)]
    message = replace(line, headers=pairs, body=body.body, unread=body.unread)
    is_text = isinstance(body.body, (str, bytes)) or body.body is None
    where = {"/body" if is_text else "/body/": body.spot}
    return Part(message, {**spots, **named, **where})


# -- the first line of a message -------------------------------------------------------------------


def _url(request: Mapping[str, Any], at: Path) -> tuple[str, Path]:
    name = next((each for each in _URLS if isinstance(request.get(each), str)), None)
    if name is not None:
        url, path = request[name], (*at, name)
    elif all(each in request for each in _PARTS):  # as cassettes had it before they had versions
        scheme, host, port, rest = (str(request[each]) for each in _PARTS)
        port = "" if (scheme, port) in _PORTS else f":{port}"
        url, path = f"{scheme}://{host}{port}{rest}", (*at, "path")
    else:
        raise Unreadable(at, "the request has no url")
    try:
        urlsplit(url).port  # noqa: B018 - to read it is to check it
    except ValueError:
        raise Unreadable(path, "the url is none") from None
    return url, path


def _is_http(url: str) -> bool:
    scheme = url.partition("://")[0].lower() if "://" in url.partition("?")[0] else ""
    return scheme in _SCHEMES and not url.lower().startswith(_WITHOUT_HOST)


def _is_socket(given: Mapping[str, Any], headers: _Headers, at: Path) -> bool:
    """Return whether an exchange opened a websocket, as which some have the URL of HTTP."""
    if given.get("_resourceType") == "websocket" or "_webSocketMessages" in given:
        return True
    response = given.get("response")
    if not isinstance(response, Mapping) or _status(response, at)[0] != _SWITCHED:
        return False
    answered, _ = _headers(response.get("headers"), (*at, "headers"))
    both = headers_of((*headers[0], *answered))
    return "websocket" in both.get("upgrade", "").lower()


def _status(response: Mapping[str, Any], at: Path) -> tuple[int, Path]:
    """Return a status, 0 where none came, and where it stands."""
    name = next((each for each in _STATUSES if each in response), "status")
    value, path = response.get(name), (*at, name)
    if isinstance(value, Mapping):  # {code, message}
        value, path = value.get("code"), (*path, "code")
    if isinstance(value, str) and value.isdecimal() and value.isascii():
        value = int(value[:9])
    if value is None or value == "":
        return 0, path
    if type(value) is not int:
        raise Unreadable(path, "the status is no number")
    return max(value, 0), path


# -- headers ---------------------------------------------------------------------------------------


def _headers(given: Any, at: Path) -> _Headers:
    spots = {"/headers": Spot(at)} if given else {}
    pairs = []
    for name, value, spot in _entries(given, at):
        if not name.startswith(":"):  # of HTTP/2, and no header
            pairs.append((name, value))
            spots.setdefault(f"/headers/{name.lower()}", spot)
    return pairs, spots


def _entries(given: Any, at: Path) -> Iterator[tuple[str, str, Spot]]:
    if isinstance(given, Mapping):
        for name, value in given.items():
            for each in value if isinstance(value, list) else [value]:
                if each is not None:
                    yield str(name), _text(each), Spot((*at, name), of_key=True)
    elif isinstance(given, list):
        for index, each in enumerate(given):
            yield from _entry(each, (*at, index))
    elif given is not None:
        raise Unreadable(at, "the headers are no object and no list")


def _entry(given: Any, at: Path) -> Iterator[tuple[str, str, Spot]]:
    if isinstance(given, list) and all(isinstance(each, list) for each in given):
        yield from _entries(given, at)  # the arguments of a frozenset, in old cassettes
        return
    pair: Any = ()
    if isinstance(given, Mapping):
        pair = (given.get("name"), given.get("value"))
    elif isinstance(given, list):
        pair = given
    elif isinstance(given, str):
        name, mark, value = given.partition(":")
        pair = (name.strip(), value.strip()) if mark else ()
    if len(pair) != 2 or not isinstance(pair[0], (str, bytes)):  # noqa: PLR2004 - a name, a value
        raise Unreadable(at, "this is no header: give it a name and a value")
    yield _text(pair[0]), _text("" if pair[1] is None else pair[1]), Spot(at)


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


# -- bodies ----------------------------------------------------------------------------------------


def _request_body(request: Mapping[str, Any], headers: _Headers, at: Path, wrapped: bool) -> _Body:
    data = request.get("postData")
    if data is None and "body" in request:
        return _body(request["body"], (*at, "body"), wrapped)
    # of a HAR, which says -1 of a size that it does not know
    sent = headers_of(headers[0])
    is_sent = _measure(request.get("bodySize")) > 0 or "transfer-encoding" in sent
    is_sent = is_sent or bool(sent.get("content-length", "").strip("0 ,"))
    if data is None:
        return _Body(Spot(at), unread=_OMITTED if is_sent else None)
    at = (*at, "postData")
    if not isinstance(data, Mapping):
        raise Unreadable(at, "the postData is no object with a text")
    return _posted(data, at, is_sent)


def _posted(data: Mapping[str, Any], at: Path, is_sent: bool) -> _Body:
    """Return the body of a request in a HAR; there was one if *is_sent*."""
    quoted = _quoted(data, at)
    if quoted is not None:
        return quoted
    media_type, params = _media_type(data), data.get("params")
    if not isinstance(params, list) or not params:
        is_sent = is_sent or _is_elsewhere(data)
        return _Body(Spot(at), None, _OMITTED if is_sent else None, media_type)
    if media_type and media_type.lower().startswith("multipart/"):
        return _Body(Spot(at), None, "the recording has its fields only", media_type)
    named = [
        (str(each.get("name", "")), _text(each.get("value") or ""))
        for each in params
        if isinstance(each, Mapping)
    ]
    return _Body(Spot((*at, "params")), urlencode(named).encode(), None, media_type)


def _response_body(response: Mapping[str, Any], at: Path, wrapped: bool) -> _Body:
    content = response.get("content")
    if "body" in response or content is None:
        return _body(response.get("body"), (*at, "body"), wrapped)
    at = (*at, "content")
    if not isinstance(content, Mapping):  # as cassettes of httpx had it once
        return _body(content, at, wrapped)
    quoted = _quoted(content, at)
    if quoted is not None:
        return quoted
    # Only a size of 0 tells that there was none: who records without bodies says -1, or nothing.
    is_known = content.get("size") == 0 and not _is_elsewhere(content)
    return _Body(Spot(at), None, None if is_known else _OMITTED, _media_type(content))


def _quoted(data: Mapping[str, Any], at: Path) -> _Body | None:
    """Return the body that a HAR quotes; None where it quotes none, or an empty one."""
    text, where = data.get("text"), Spot((*at, "text"))
    if text is None or text == "":
        return None
    if not isinstance(text, str):
        raise Unreadable(where.path, "the text of the body is no string")
    is_packed = data.get("encoding") == "base64"
    body = _decoded(text, where.path) if is_packed else text
    return _Body(where, body, None, _media_type(data))


def _is_elsewhere(data: Mapping[str, Any]) -> bool:
    """Return whether a HAR says that a body is in a file, or why it is not there."""
    return bool(data.get("comment")) or any(name.startswith("_") for name in data)


def _body(given: Any, at: Path, wrapped: bool) -> _Body:
    """Return a body as cassettes and logs have it."""
    if wrapped and isinstance(given, Mapping):
        for name in ("string", "base64_string"):
            if name in given:
                text, where = given[name], (*at, name)
                is_packed = name == "base64_string" and isinstance(text, str)
                return _Body(Spot(where), _decoded(text, where) if is_packed else text)
        state = given.get("state")  # of a stream; of an iterator it is how far that was read
        state = state if isinstance(state, list) else given.get("args")
        first = state[0] if isinstance(state, list) and state else None
        pieces: list[Any] = first if isinstance(first, list) else [first]
        made: list[Any] = [each.encode() if isinstance(each, str) else each for each in pieces]
        if made and all(isinstance(each, bytes) for each in made):
            return _Body(Spot(at), b"".join(made))
        return _Body(Spot(at), unread=_UNREAD)
    return _Body(Spot(at), given)


def _decoded(text: str, at: Path) -> bytes:
    try:
        return b64decode("".join(text.split()), validate=True)
    except ValueError:
        raise Unreadable(at, "the body is said to be base64, and is not") from None


def _media_type(given: Mapping[str, Any]) -> str | None:
    kind = given.get("mimeType")
    return kind if isinstance(kind, str) and "/" in kind else None


def _measure(value: Any) -> int:
    return value if type(value) is int else 0
