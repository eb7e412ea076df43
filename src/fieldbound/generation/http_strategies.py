"""An operation of an API goes in, Hypothesis strategies for its whole messages come out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, Final, NamedTuple

from hypothesis import reject, strategies as st

from fieldbound.http import (
    API,
    BODILESS,
    CONTENT_TYPE,
    Message,
    NamedSet,
    Side,
    Texts,
    Unwritable,
    bare,
    headers_of,
    leaf_of,
    read_form,
    writable,
    writable_form,
    write_form,
    write_set,
)
from fieldbound.model import Breach, Limit, Unsatisfiable, Unspecified
from fieldbound.openapi import is_form, is_json
from fieldbound.validation import Contract, shape

from .certify import Found, probe
from .strategies import invalid, prepare, valid

_Draw = Callable[[st.SearchStrategy[Any]], Any]

_TRIES: Final = 8
#: Statuses that are tried for a range of them, and for "default": those in use come first.
_STATUSES: Final = (200, 400, 404, 500, *range(200, 600))
_CONCRETE: Final = {
    "*/*": "application/json",
    "application/*": "application/json",
    "text/*": "text/plain",
}
_ANY_OBJECT: Final = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=4),
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    max_size=3,
)


def requests(api: API, operation: str) -> st.SearchStrategy[Message]:
    """Return a strategy for the valid requests of an operation, each a Message.

    Its headers, parameters, cookies and body are drawn as `valid` draws instances, and written as
    the document asks for: so they reach each limit that a text can reach. Headers are such as
    every client sends, of ASCII and with no blanks around them. The URL is that of the document's
    first server, its variables at their defaults. A body that the vendor does not document is a
    small object.

    Raises UnknownName for an operation that is not there, ValueError for one without a path,
    Unsatisfiable where no valid message can be written.
    """
    sheet = _Sheet(api, operation)

    @st.composite
    def valid_requests(draw: _Draw) -> Message:
        for _ in range(_TRIES):
            message = sheet.request(draw)
            if message is not None and sheet.takes(message):
                return message
        return reject()

    return valid_requests()


def responses(api: API, operation: str, status: int | str) -> st.SearchStrategy[Message]:
    """Return a strategy for the valid responses of an operation, each a Message with a status.

    *status* is one that is documented by itself, by a range or by "default"; or the name of such a
    range, of which any status is then drawn. Raises as `requests` does, and UnknownName for a
    status that is not documented.
    """
    sheet = _Sheet(api, operation)
    side, statuses, name = api.response_side(sheet.name, status)
    found = [status] if isinstance(status, int) else _STATUSES
    which = st.sampled_from([each for each in dict.fromkeys(found) if statuses.find(each) == name])
    drawn = Parts(side)

    @st.composite
    def valid_responses(draw: _Draw) -> Message:
        for _ in range(_TRIES):
            message = sheet.response(draw, drawn, draw(which))
            if message is not None and sheet.takes(message):
                return message
        return reject()

    return valid_responses()


def invalid_requests(api: API, operation: str) -> st.SearchStrategy[Breach]:
    """Return a strategy for breaches: requests of an operation that break one limit and no other.

    The instance of each is a Message. Its headers, its parameters or its body are broken, as
    `invalid` breaks instances; what cannot be written as a text is left out. Raises as `requests`
    does, and Unsatisfiable where nothing in a request can be broken.
    """
    sheet = _Sheet(api, operation)
    parts = [each for each in sheet.breakable() if each.limits]
    if not parts:
        raise Unsatisfiable(f"{api.name}: {sheet.name}", "it has no limit that could be broken")

    @st.composite
    def breaches(draw: _Draw) -> Breach:
        first = draw(st.integers(0, len(parts) - 1))
        for part in (*parts[first:], *parts[:first]):
            for limit, instance in part.draw(draw):
                message = sheet.request(draw, (part.at, instance))
                found = api.unrecorded_check(message).violations if message else ()
                if len(found) == 1 and found[0].limit == limit:
                    return Breach(message, limit, found[0])
        raise Unsatisfiable(f"{api.name}: {sheet.name}", "no limit was found that a text breaks")

    return breaches()


class _Body(NamedTuple):
    """A body as it is sent, and its media type."""

    data: bytes
    kind: str


class Parts:
    """One side of an operation, and what its parts are drawn from."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.sets = {
            at: valid(_narrowed(each.contract, writable(each.parameters, each.place)))
            for at, each in side.sets.items()
        }
        self._bodies: dict[str, st.SearchStrategy[_Body | None]] = {}
        self.has_body = side.documents_body and bool(side.media)

    def parts(self, draw: _Draw) -> dict[str, dict[str, Any]]:
        """Return what is drawn of all but the body."""
        return {at: draw(each) for at, each in self.sets.items()}

    def body_of(self, kind: str, instance: Any) -> _Body | None:
        """Return an instance as a body of a media type; None where it cannot be written."""
        contract = self.side.body(self.side.media.find(kind) or kind) if is_form(kind) else None
        if contract is None:
            return _json_body(instance, kind)
        return _form_body(instance, kind, contract, self.side.encoding(kind))

    def body(self, draw: _Draw, sent: str | None) -> _Body | None:
        """Return a body that is drawn, of the media type that is *sent* if it is a known one."""
        kind = self.side.media.find(sent) if sent else None
        if kind is None:
            kind, sent = draw(st.sampled_from(self.side.media.names)), None
        if kind not in self._bodies:
            self._bodies[kind] = _bodies(self.side, kind)
        body: _Body | None = draw(self._bodies[kind])
        return body and (_Body(body.data, sent) if sent and not is_form(body.kind) else body)


class _Sheet:
    """An operation, and how its messages are written."""

    def __init__(self, api: API, operation: str) -> None:
        prepare()
        if not isinstance(api, API):
            kind = type(api).__name__
            raise TypeError(f"api is a {kind}, but must be an API: fieldbound.api(name) gives one")
        self._api = api
        self.name, known = api.known(operation)
        if not known.path:
            raise ValueError(
                f"{api.name}: no message of {self.name} can be made: its path is not documented"
            )
        self._method = known.method
        self._address = api.address(self.name)
        self._drawn = Parts(api.request_side(self.name))

    def takes(self, message: Message) -> bool:
        """Return whether a message is valid, and of this operation, not of one with such a path."""
        same = self._api.operation_of(message) == self.name
        return same and self._api.unrecorded_check(message).ok

    def request(self, draw: _Draw, broken: tuple[str, Any] = ("", None)) -> Message | None:
        """Return a request that is drawn, but for one part; None where it cannot be written."""
        at, instance = broken
        parts = self._drawn.parts(draw)
        if at in parts:
            parts[at] = instance
        try:
            message = self._written(parts)
        except Unwritable:
            return None
        if at not in ("", *parts):
            return _with_body(message, self._drawn.body_of(at, instance))
        if not self._drawn.has_body or not (self._drawn.side.required or draw(st.booleans())):
            return message
        body = self._drawn.body(draw, _sent(message))
        if at == "/headers" and CONTENT_TYPE.lower() in self._drawn.side.sets[at].known:
            return body and replace(message, body=body.data)  # its media type may be what is broken
        return _with_body(message, body)

    def response(self, draw: _Draw, drawn: Parts, status: int) -> Message | None:
        """Return a response that is drawn; None where it cannot be written."""
        asked = {at: draw(each) for at, each in self._drawn.sets.items() if at == "/path"}
        named = drawn.side.sets.get("/headers")
        try:
            url = self._written(asked).url
            headers = (
                write_set(named.parameters, "header", draw(drawn.sets["/headers"])) if named else []
            )
        except Unwritable:
            return None
        message = Message(self._method, url, headers, status=status)
        if self._method == "HEAD" or status in BODILESS or not drawn.has_body:
            return message
        return _with_body(message, drawn.body(draw, _sent(message)))

    def _written(self, parts: Mapping[str, Mapping[str, Any]]) -> Message:
        """Return a request without a body. Raises Unwritable."""
        texts = {
            at: write_set(each.parameters, each.place, parts[at])
            for at, each in self._drawn.side.sets.items()
            if at in parts
        }
        path = dict(texts.get("/path", ()))
        url = re.sub(r"{([^{}]*)}", lambda name: path.get(name[1], "1"), self._address)
        query = "&".join(f"{name}={text}" for name, text in texts.get("/query", ()))
        cookies = "; ".join(f"{name}={text}" for name, text in texts.get("/cookies", ()))
        headers = [*texts.get("/headers", ()), *([("Cookie", cookies)] if cookies else [])]
        return Message(self._method, f"{url}?{query}" if query else url, headers)

    def breakable(self) -> Iterator[_Breakable]:
        """Yield what can be broken of a request: a set of names, or the body of a media type."""
        side = self._drawn.side
        for at, named in side.sets.items():
            yield _Breakable(at, named.contract, partial(_read, named))
        for name in side.media.names if self._drawn.has_body else ():
            kind, contract = _concrete(name), side.body(name)
            if contract is not None and is_json(kind):
                yield _Breakable(kind, contract, lambda instance: instance)
            elif contract is not None and is_form(kind):
                yield _Breakable(
                    kind, contract, partial(_read_form, contract, kind, side.encoding(kind))
                )


class _Breakable:
    """A part of a request, *at* its pointer or of its media type, and what in it can be broken."""

    def __init__(self, at: str, contract: Contract, read: Callable[[Any], Any]) -> None:
        self.at = at
        self.limits = list(contract.limits)
        self._contract = contract
        self._read = read
        self._known: dict[Limit, Found | None] = {}

    def draw(self, draw: _Draw) -> Iterator[tuple[Limit, Any]]:
        """Yield a breach of a limit that is drawn, or of the next one that a message can break.

        What is drawn may be read as what is valid: after it come mistakes that are not.
        """
        first = draw(st.integers(0, len(self.limits) - 1))
        for limit in (*self.limits[first:], *self.limits[:first]):
            if limit not in self._known:
                self._known[limit] = self._first(limit)
            known = self._known[limit]
            if known is not None:
                yield limit, draw(invalid(self._contract, limit)).instance
                yield from ((limit, known.instance) for _ in range(_TRIES))

    def _first(self, limit: Limit) -> Found | None:
        """Return the first mistake with a limit that is still there when it has been sent."""
        known = probe(self._contract)
        for each in known.mistakes(limit):
            with suppress(Unwritable):
                if each.alone and known.breaks(self._read(each.instance), limit):
                    return each
        return None


def _read(named: NamedSet, instance: Any) -> Any:
    """Return named values as they are read from where they are written. Raises Unwritable."""
    pairs = write_set(named.parameters, named.place, instance)
    query = "&".join(f"{name}={text}" for name, text in pairs)
    cookies = {"cookie": query.replace("&", "; ")} if named.place == "cookie" else {}
    headers = headers_of(pairs) if named.place == "header" else cookies
    return named.read(Texts(headers, pairs, query if named.place == "query" else "", dict(pairs)))


def _with_body(message: Message, body: _Body | None) -> Message | None:
    """Return a message with a body, under its media type; None where it cannot be written."""
    if body is None:
        return None
    others = [pair for pair in message.headers if pair[0].lower() != CONTENT_TYPE.lower()]
    return replace(message, body=body.data, headers=[*others, (CONTENT_TYPE, body.kind)])


def _sent(message: Message) -> str | None:
    """Return the media type that the headers of a message name."""
    types = (value for name, value in message.headers if name.lower() == CONTENT_TYPE.lower())
    return next(types, None)


def _concrete(kind: str) -> str:
    """Return a media type that is in a range of them, if it is a range."""
    return _CONCRETE.get(bare(kind), kind)


# -- bodies --------------------------------------------------------------------------------------


def _bodies(side: Side, kind: str) -> st.SearchStrategy[_Body | None]:
    """Return a strategy for the bodies of one media type; None where one cannot be written."""
    contract, actual = side.body(kind), _concrete(kind)
    try:
        if contract is not None:
            contract.unrecorded_is_valid(None)
    except Unspecified:
        contract = None
    if is_json(actual):
        instances = _ANY_OBJECT if contract is None else valid(contract)
        return instances.map(lambda instance: _json_body(instance, actual))
    if contract is None:
        return st.binary(min_size=1, max_size=40).map(lambda data: _Body(data, actual))
    root = shape(contract.references, contract.references.root)
    if is_form(actual):
        forms = valid(_narrowed(contract, writable_form(root)))
        said = side.encoding(kind)
        return forms.map(lambda instance: _form_body(instance, actual, contract, said))
    texts = valid(_narrowed(contract, leaf_of(root, {}, least=True)))
    return texts.map(lambda text: _Body(str(text).encode(), actual))


def _json_body(instance: Any, kind: str) -> _Body:
    return _Body(json.dumps(instance, ensure_ascii=False, allow_nan=False).encode(), kind)


def _read_form(contract: Contract, kind: str, said: Mapping[str, Any], instance: Any) -> Any:
    """Return a form as it is read from where it is written. Raises Unwritable."""
    root = shape(contract.references, contract.references.root)
    return read_form(*write_form(instance, kind, root, said), root, said)


def _form_body(
    instance: Any, kind: str, contract: Contract, said: Mapping[str, Any]
) -> _Body | None:
    root = shape(contract.references, contract.references.root)
    try:
        return _Body(*write_form(instance, kind, root, said))
    except Unwritable:
        return None


def _narrowed(contract: Contract, narrow: dict[str, Any]) -> Contract:
    """Return a contract that takes what can be written only. Raises Unsatisfiable."""
    schema = contract.schema
    narrowed = Contract({**schema, "allOf": [*schema.get("allOf", ()), narrow]}, name=contract.name)
    try:
        valid(narrowed)
    except Unsatisfiable as error:
        reason = f"nothing that it takes can be written as a text: {error.reason}"
        raise Unsatisfiable(contract.name, reason) from None
    return narrowed
