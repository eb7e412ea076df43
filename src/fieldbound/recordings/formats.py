"""Formats of recordings: HAR, VCR cassettes and logs of exchanges.

Exchanges are read with the locations of their parts in the recording:

- HAR: `log.entries`, as exported by browsers and proxies;
- cassettes: `interactions` of vcrpy, `http_interactions` of Ruby's VCR, or a list of exchanges, as
  in old ones;
- logs: one exchange, or a list of them:

      {"request": {"method": "POST", "url": "https://…", "headers": {…}, "body": …},
       "response": {"status": 201, "headers": {…}, "body": …}}

Headers are an object, with a string or a list of strings for each name, or a list of pairs, of
objects with `name` and `value`, or of `Name: value`. A body is a string, or in a log any JSON
value. A log may have `uri` for `url`, `status_code` for `status`, and bodies as in a HAR.
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
#: Headers as pairs, and their locations by pointer, with names in lower case.
_Headers = tuple[list[tuple[str, str]], dict[str, "Location"]]

_OMITTED: Final = "it is missing in the recording"
_UNSUPPORTED: Final = "its format in the recording is not supported"
_NOT_HTTP: Final = "not HTTP"
_TUNNEL: Final = "CONNECT (a tunnel)"
_NO_RESPONSE: Final = "failed without a response"
_SCHEMES: Final = ("http", "https", "")
_OTHER_SCHEMES: Final = ("data:", "blob:", "about:", "javascript:")
_URL_KEYS: Final = ("url", "uri")
_SWITCHING_PROTOCOLS: Final = 101
_STATUS_KEYS: Final = ("status", "status_code", "code")
_URL_PARTS: Final = ("protocol", "host", "port", "path")
_DEFAULT_PORTS: Final = (("http", "80"), ("https", "443"))


class Location(NamedTuple):
    """A location in a recording: a path, or with *of_key* the key at its end."""

    path: Path
    of_key: bool = False


class RecordedMessage(NamedTuple):
    """A recorded message, and the locations of its parts by pointer, of the whole at "".

    The body is at `/body` if it is a string, at `/body/` if it is another JSON value. Header names
    are in lower case.
    """

    message: Message
    locations: Mapping[str, Location]


class Exchange(NamedTuple):
    """A request with its response, if there is one; *skipped* is why it cannot be checked."""

    number: int
    request: RecordedMessage | None = None
    response: RecordedMessage | None = None
    skipped: str | None = None


class Unreadable(FieldboundError, ValueError):
    """An exchange that cannot be read: *path* is the location, *reason* the error."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def _facts(self) -> tuple[Any, ...]:
        return self.path, self.reason

    def __str__(self) -> str:
        return self.reason


class Layout(NamedTuple):
    """The exchanges of a recording, and whether bodies are *wrapped*, as in cassettes."""

    path: Path
    exchanges: Sequence[Any]
    wrapped: bool = False


def detect_layout(value: Any, *, is_har: bool = False) -> Layout | None:
    """Return the exchanges of a recording, or None if it is none (no HAR if *is_har*)."""
    if isinstance(value, Mapping):
        log = value.get("log")
        if isinstance(log, Mapping) and isinstance(log.get("entries"), list):
            return Layout(("log", "entries"), log["entries"])
        if is_har:
            return None
        for name in ("interactions", "http_interactions"):
            if isinstance(value.get(name), list):
                return Layout((name,), value[name], wrapped=True)
        return Layout((), (value,)) if "request" in value else None
    if is_har or not isinstance(value, list):
        return None
    requests = [each.get("request") for each in value if isinstance(each, Mapping)]
    named = [each for each in requests if isinstance(each, Mapping)]
    if len(named) < len(value):
        return None
    return Layout((), value, wrapped=any(_URL_PARTS[0] in each for each in named))


def read_exchange(value: Any, path: Path, number: int, *, wrapped: bool = False) -> Exchange:
    """Read the exchange at a path of a recording. Raises Unreadable."""
    request = value.get("request") if isinstance(value, Mapping) else None
    if not isinstance(request, Mapping):
        raise Unreadable(path, "the exchange has no request (an object with method and url)")
    at = (*path, "request")
    method = request.get("method")
    if not isinstance(method, str) or not method:
        raise Unreadable(at, "the request has no method")
    url, url_at = _url(request, at)
    skipped = _TUNNEL if method.upper() == "CONNECT" else None if _is_http(url) else _NOT_HTTP
    if skipped:
        return Exchange(number, skipped=skipped)
    headers = _headers(request.get("headers"), (*at, "headers"))
    if _is_socket(value, headers, (*path, "response")):
        return Exchange(number, skipped=_NOT_HTTP)
    body = _request_body(request, headers, at, wrapped)
    locations = {"": Location(at), "/url": Location(url_at), "/method": Location((*at, "method"))}
    sent = _message(Message(method, url), headers, body, locations)
    response = value.get("response")
    if response is None:
        return Exchange(number, sent)
    if not isinstance(response, Mapping):
        raise Unreadable((*path, "response"), "the response must be an object with a status")
    received = _read_response(sent.message, response, (*path, "response"), wrapped)
    return Exchange(number, sent, received, None if received else _NO_RESPONSE)


def _read_response(
    sent: Message, response: Mapping[str, Any], at: Path, wrapped: bool
) -> RecordedMessage | None:
    """Read a response; None if the request failed."""
    status, status_at = _status(response, at)
    if not status:
        return None
    headers = _headers(response.get("headers"), (*at, "headers"))
    body = _response_body(response, at, wrapped)
    if body.unread and (sent.method == "HEAD" or status in BODILESS):
        body = _Body(body.location)
    locations = {"": Location(at), "/status": Location(status_at)}
    return _message(Message(sent.method, sent.url, status=status), headers, body, locations)


class _Body(NamedTuple):
    location: Location
    body: Any = None
    unread: str | None = None
    media_type: str | None = None


def _message(
    line: Message, headers: _Headers, body: _Body, locations: Mapping[str, Location]
) -> RecordedMessage:
    """Return a message with headers and body, given its first *line*."""
    pairs, named = headers
    is_there = body.body is not None or body.unread is not None
    if body.media_type and is_there and "/headers/content-type" not in named:
        pairs = [*pairs, ("Content-Type", body.media_type)]
    message = replace(line, headers=pairs, body=body.body, unread=body.unread)
    is_text = isinstance(body.body, (str, bytes)) or body.body is None
    where = {"/body" if is_text else "/body/": body.location}
    return RecordedMessage(message, {**locations, **named, **where})


# -- the first line of a message -------------------------------------------------------------------


def _url(request: Mapping[str, Any], at: Path) -> tuple[str, Path]:
    name = next((each for each in _URL_KEYS if isinstance(request.get(each), str)), None)
    if name is not None:
        url, path = request[name], (*at, name)
    elif all(each in request for each in _URL_PARTS):  # in unversioned cassettes
        scheme, host, port, rest = (str(request[each]) for each in _URL_PARTS)
        port = "" if (scheme, port) in _DEFAULT_PORTS else f":{port}"
        url, path = f"{scheme}://{host}{port}{rest}", (*at, "path")
    else:
        raise Unreadable(at, "the request has no url")
    try:
        urlsplit(url).port  # noqa: B018 - to read it is to check it
    except ValueError:
        raise Unreadable(path, "invalid url") from None
    return url, path


def _is_http(url: str) -> bool:
    scheme = url.partition("://")[0].lower() if "://" in url.partition("?")[0] else ""
    return scheme in _SCHEMES and not url.lower().startswith(_OTHER_SCHEMES)


def _is_socket(exchange: Mapping[str, Any], headers: _Headers, at: Path) -> bool:
    """Return whether an exchange opened a WebSocket, also if its URL is of HTTP."""
    if exchange.get("_resourceType") == "websocket" or "_webSocketMessages" in exchange:
        return True
    response = exchange.get("response")
    if not isinstance(response, Mapping) or _status(response, at)[0] != _SWITCHING_PROTOCOLS:
        return False
    received, _ = _headers(response.get("headers"), (*at, "headers"))
    both = headers_of((*headers[0], *received))
    return "websocket" in both.get("upgrade", "").lower()


def _status(response: Mapping[str, Any], at: Path) -> tuple[int, Path]:
    """Return a status code, 0 if there is none, and its path."""
    name = next((each for each in _STATUS_KEYS if each in response), "status")
    value, path = response.get(name), (*at, name)
    if isinstance(value, Mapping):  # {code, message}
        value, path = value.get("code"), (*path, "code")
    if isinstance(value, str) and value.isdecimal() and value.isascii():
        value = int(value[:9])
    if value is None or value == "":
        return 0, path
    if type(value) is not int:
        raise Unreadable(path, "the status must be a number")
    return max(value, 0), path


# -- headers ---------------------------------------------------------------------------------------


def _headers(given: Any, at: Path) -> _Headers:
    locations = {"/headers": Location(at)} if given else {}
    pairs = []
    for name, value, location in _header_entries(given, at):
        if not name.startswith(":"):  # a pseudo-header of HTTP/2
            pairs.append((name, value))
            locations.setdefault(f"/headers/{name.lower()}", location)
    return pairs, locations


def _header_entries(headers: Any, at: Path) -> Iterator[tuple[str, str, Location]]:
    if isinstance(headers, Mapping):
        for name, value in headers.items():
            for each in value if isinstance(value, list) else [value]:
                if each is not None:
                    yield str(name), _text(each), Location((*at, name), of_key=True)
    elif isinstance(headers, list):
        for index, each in enumerate(headers):
            yield from _header_entry(each, (*at, index))
    elif headers is not None:
        raise Unreadable(at, "the headers must be an object or a list")


def _header_entry(entry: Any, at: Path) -> Iterator[tuple[str, str, Location]]:
    if isinstance(entry, list) and all(isinstance(each, list) for each in entry):
        yield from _header_entries(entry, at)  # the arguments of a frozenset, in old cassettes
        return
    pair: Any = ()
    if isinstance(entry, Mapping):
        pair = (entry.get("name"), entry.get("value"))
    elif isinstance(entry, list):
        pair = entry
    elif isinstance(entry, str):
        name, mark, value = entry.partition(":")
        pair = (name.strip(), value.strip()) if mark else ()
    if len(pair) != 2 or not isinstance(pair[0], (str, bytes)):  # noqa: PLR2004 - a name, a value
        raise Unreadable(at, "a header must have a name and a value")
    yield _text(pair[0]), _text("" if pair[1] is None else pair[1]), Location(at)


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


# -- bodies ----------------------------------------------------------------------------------------


def _request_body(request: Mapping[str, Any], headers: _Headers, at: Path, wrapped: bool) -> _Body:
    data = request.get("postData")
    if data is None and "body" in request:
        return _body(request["body"], (*at, "body"), wrapped)
    # in a HAR, -1 is an unknown size
    by_name = headers_of(headers[0])
    is_sent = _size(request.get("bodySize")) > 0 or "transfer-encoding" in by_name
    is_sent = is_sent or bool(by_name.get("content-length", "").strip("0 ,"))
    if data is None:
        return _Body(Location(at), unread=_OMITTED if is_sent else None)
    at = (*at, "postData")
    if not isinstance(data, Mapping):
        raise Unreadable(at, "postData must be an object with a text")
    return _post_data(data, at, is_sent)


def _post_data(data: Mapping[str, Any], at: Path, is_sent: bool) -> _Body:
    """Return the body of a request in a HAR; *is_sent* is whether there was one."""
    quoted = _text_content(data, at)
    if quoted is not None:
        return quoted
    media_type, params = _media_type(data), data.get("params")
    if not isinstance(params, list) or not params:
        is_sent = is_sent or _is_stored_elsewhere(data)
        return _Body(Location(at), None, _OMITTED if is_sent else None, media_type)
    if media_type and media_type.lower().startswith("multipart/"):
        return _Body(Location(at), None, "only its fields are in the recording", media_type)
    named = [
        (str(each.get("name", "")), _text(each.get("value") or ""))
        for each in params
        if isinstance(each, Mapping)
    ]
    return _Body(Location((*at, "params")), urlencode(named).encode(), None, media_type)


def _response_body(response: Mapping[str, Any], at: Path, wrapped: bool) -> _Body:
    content = response.get("content")
    if "body" in response or content is None:
        return _body(response.get("body"), (*at, "body"), wrapped)
    at = (*at, "content")
    if not isinstance(content, Mapping):  # in old cassettes of httpx
        return _body(content, at, wrapped)
    quoted = _text_content(content, at)
    if quoted is not None:
        return quoted
    # Only size 0 means that there was none: recorders without bodies write -1, or nothing.
    is_known = content.get("size") == 0 and not _is_stored_elsewhere(content)
    return _Body(Location(at), None, None if is_known else _OMITTED, _media_type(content))


def _text_content(data: Mapping[str, Any], at: Path) -> _Body | None:
    """Return the body in a HAR, or None if it is missing or empty."""
    text, location = data.get("text"), Location((*at, "text"))
    if text is None or text == "":
        return None
    if not isinstance(text, str):
        raise Unreadable(location.path, "the text of the body must be a string")
    is_base64 = data.get("encoding") == "base64"
    body = _decode_base64(text, location.path) if is_base64 else text
    return _Body(location, body, None, _media_type(data))


def _is_stored_elsewhere(data: Mapping[str, Any]) -> bool:
    """Return whether a HAR has the body in another file, or a comment why it is missing."""
    return bool(data.get("comment")) or any(name.startswith("_") for name in data)


def _body(body: Any, at: Path, wrapped: bool) -> _Body:
    """Return a body of a cassette or log."""
    if wrapped and isinstance(body, Mapping):
        for name in ("string", "base64_string"):
            if name in body:
                text, where = body[name], (*at, name)
                is_base64 = name == "base64_string" and isinstance(text, str)
                return _Body(Location(where), _decode_base64(text, where) if is_base64 else text)
        content = body.get("state")  # list: content of a stream; number: position of an iterator
        content = content if isinstance(content, list) else body.get("args")
        first = content[0] if isinstance(content, list) and content else None
        pieces: list[Any] = first if isinstance(first, list) else [first]
        chunks: list[Any] = [each.encode() if isinstance(each, str) else each for each in pieces]
        if chunks and all(isinstance(each, bytes) for each in chunks):
            return _Body(Location(at), b"".join(chunks))
        return _Body(Location(at), unread=_UNSUPPORTED)
    return _Body(Location(at), body)


def _decode_base64(text: str, at: Path) -> bytes:
    try:
        return b64decode("".join(text.split()), validate=True)
    except ValueError:
        raise Unreadable(at, "the body is not valid base64") from None


def _media_type(content: Mapping[str, Any]) -> str | None:
    media_type = content.get("mimeType")
    return media_type if isinstance(media_type, str) and "/" in media_type else None


def _size(value: Any) -> int:
    return value if type(value) is int else 0
