"""Hypothesis strategies for the HTTP requests and responses of an operation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, Final

from hypothesis import reject, strategies as st

from fieldbound.http import (
    API,
    BODILESS,
    CONTENT_TYPE,
    Message,
    MessageHead,
    MessageSpec,
    ParameterSet,
    Unserializable,
    headers_of,
    serializable,
    serialize_parameters,
)
from fieldbound.model import Breach, Limit, Unsatisfiable
from fieldbound.openapi import is_form, is_json
from fieldbound.validation import Contract

from .body_strategies import (
    Form,
    SerializedBody,
    bodies,
    concrete_media_type,
    json_body,
    restrict,
)
from .certify import CertifiedMutation, certifier_of
from .strategies import invalid, prepare, valid

_Draw = Callable[[st.SearchStrategy[Any]], Any]

_TRIES: Final = 8
#: Status codes for a range of them, and for "default": the common ones come first.
_STATUSES: Final = (200, 400, 404, 500, *range(200, 600))


def requests(api: API, operation: str) -> st.SearchStrategy[Message]:
    """Return a strategy for the valid requests of an operation, each a Message.

    Its headers, parameters, cookies and body are drawn as by `valid`, and serialized as documented:
    they cover every limit that can be serialized. Header values are ASCII, without surrounding
    whitespace, for any client can send those. The URL is that of the first server, with the
    defaults of its variables. A body that the vendor does not document is a small object.

    Raises UnknownName for an unknown operation, ValueError for one without a path, Unsatisfiable
    if no valid message can be serialized.
    """
    messages = _MessageGenerator(api, operation)

    @st.composite
    def valid_requests(draw: _Draw) -> Message:
        for _ in range(_TRIES):
            message = messages.request(draw)
            if message is not None and messages.accepts(message):
                return message
        return reject()

    return valid_requests()


def responses(api: API, operation: str, status: int | str) -> st.SearchStrategy[Message]:
    """Return a strategy for the valid responses of an operation, each a Message with a status.

    *status* is a status code that is documented by itself, by a range or by "default"; or the name
    of such a range, from which a status code is then drawn. Raises as `requests` does, and
    UnknownName for a status that is not documented.
    """
    messages = _MessageGenerator(api, operation)
    spec, statuses, name = api.response_spec(messages.name, status)
    found = [status] if isinstance(status, int) else _STATUSES
    status_codes = st.sampled_from(
        [each for each in dict.fromkeys(found) if statuses.find(each) == name]
    )
    strategies = MessageStrategies(spec)

    @st.composite
    def valid_responses(draw: _Draw) -> Message:
        for _ in range(_TRIES):
            message = messages.response(draw, strategies, draw(status_codes))
            if message is not None and messages.accepts(message):
                return message
        return reject()

    return valid_responses()


def invalid_requests(api: API, operation: str) -> st.SearchStrategy[Breach]:
    """Return a strategy for breaches: requests of an operation that break one limit and no other.

    The instance of each is a Message. Its headers, its parameters or its body are invalid, as drawn
    by `invalid`; violations that cannot be serialized are omitted. Raises as `requests` does, and
    Unsatisfiable if no limit of a request can be broken.
    """
    messages = _MessageGenerator(api, operation)
    parts = [each for each in messages.breakable_parts() if each.limits]
    if not parts:
        raise Unsatisfiable(f"{api.name}: {messages.name}", "the request has no limits")

    @st.composite
    def breaches(draw: _Draw) -> Breach:
        first = draw(st.integers(0, len(parts) - 1))
        for part in (*parts[first:], *parts[:first]):
            for limit, instance in part.draw(draw):
                message = messages.request(draw, (part.at, instance))
                found = api.check_uncounted(message).violations if message else ()
                if len(found) == 1 and found[0].limit == limit:
                    return Breach(message, limit, found[0])
        raise Unsatisfiable(
            f"{api.name}: {messages.name}",
            "no limit can be broken by a serialized value",
        )

    return breaches()


class MessageStrategies:
    """Strategies for the parts of a message: its sets of parameters, and its bodies."""

    def __init__(self, spec: MessageSpec) -> None:
        self.spec = spec
        self.parameter_sets = {
            at: valid(restrict(each.contract, serializable(each.parameters, each.location)))
            for at, each in spec.parameter_sets.items()
        }
        self._bodies: dict[str, st.SearchStrategy[SerializedBody | None]] = {}
        self.has_body = spec.has_documented_body and bool(spec.media_types)

    def parts(self, draw: _Draw) -> dict[str, dict[str, Any]]:
        """Draw all parts but the body."""
        return {at: draw(each) for at, each in self.parameter_sets.items()}

    def serialize_body(self, draw: _Draw, media_type: str, instance: Any) -> SerializedBody | None:
        """Serialize an instance as a body of a media type; None if that is impossible."""
        name = self.spec.media_types.find(media_type) or media_type
        contract = self.spec.body_contract(name) if is_form(media_type) else None
        if contract is None:
            return json_body(instance, media_type)
        form = Form(self.spec, media_type, contract)
        return form.serialize(instance, draw(form.part_values))

    def body(self, draw: _Draw, sent: str | None) -> SerializedBody | None:
        """Draw a body, of the media type *sent* in the headers if that is a documented one."""
        media_type = self.spec.media_types.find(sent) if sent else None
        if media_type is None:
            media_type, sent = draw(st.sampled_from(self.spec.media_types.names)), None
        if media_type not in self._bodies:
            self._bodies[media_type] = bodies(self.spec, media_type)
        body: SerializedBody | None = draw(self._bodies[media_type])
        if body is None or not sent or is_form(body.media_type):
            return body
        return SerializedBody(body.data, sent)


class _MessageGenerator:
    """Draws the messages of one operation."""

    def __init__(self, api: API, operation: str) -> None:
        prepare()
        if not isinstance(api, API):
            kind = type(api).__name__
            raise TypeError(f"api is a {kind}, but must be an API: use fieldbound.api(name)")
        self._api = api
        self.name, found = api.find_operation(operation)
        if not found.path:
            raise ValueError(
                f"{api.name}: no message can be generated for {self.name}: undocumented path"
            )
        self._method = found.method
        self._address = api.url_template(self.name)
        self._strategies = MessageStrategies(api.request_spec(self.name))

    def accepts(self, message: Message) -> bool:
        """Return whether a message is valid, and not routed to another operation."""
        is_routed = self._api.operation_of(message) == self.name
        return is_routed and self._api.check_uncounted(message).ok

    def request(self, draw: _Draw, broken: tuple[str, Any] = ("", None)) -> Message | None:
        """Draw a request, with one part given; None if it cannot be serialized."""
        at, instance = broken
        parts = self._strategies.parts(draw)
        if at in parts:
            parts[at] = instance
        try:
            message = self._serialize(parts)
        except Unserializable:
            return None
        if at not in ("", *parts):
            return _with_body(message, self._strategies.serialize_body(draw, at, instance))
        spec = self._strategies.spec
        if not self._strategies.has_body or not (spec.body_required or draw(st.booleans())):
            return message
        body = self._strategies.body(draw, _content_type(message))
        if at == "/headers" and CONTENT_TYPE.lower() in spec.parameter_sets[at].known:
            return body and replace(message, body=body.data)  # Content-Type may be the invalid part
        return _with_body(message, body)

    def response(self, draw: _Draw, strategies: MessageStrategies, status: int) -> Message | None:
        """Draw a response; None if it cannot be serialized."""
        path_values = {
            at: draw(each) for at, each in self._strategies.parameter_sets.items() if at == "/path"
        }
        parameter_set = strategies.spec.parameter_sets.get("/headers")
        try:
            url = self._serialize(path_values).url
            headers: list[tuple[str, str]] = []
            if parameter_set:
                values = draw(strategies.parameter_sets["/headers"])
                headers = serialize_parameters(parameter_set.parameters, "header", values)
        except Unserializable:
            return None
        message = Message(self._method, url, headers, status=status)
        if self._method == "HEAD" or status in BODILESS or not strategies.has_body:
            return message
        return _with_body(message, strategies.body(draw, _content_type(message)))

    def _serialize(self, parts: Mapping[str, Mapping[str, Any]]) -> Message:
        """Return a request without a body. Raises Unserializable."""
        serialized = {
            at: serialize_parameters(each.parameters, each.location, parts[at])
            for at, each in self._strategies.spec.parameter_sets.items()
            if at in parts
        }
        path = dict(serialized.get("/path", ()))
        url = re.sub(r"{([^{}]*)}", lambda name: path.get(name[1], "1"), self._address)
        query = "&".join(f"{name}={text}" for name, text in serialized.get("/query", ()))
        cookies = "; ".join(f"{name}={text}" for name, text in serialized.get("/cookies", ()))
        headers = [*serialized.get("/headers", ()), *([("Cookie", cookies)] if cookies else [])]
        return Message(self._method, f"{url}?{query}" if query else url, headers)

    def breakable_parts(self) -> Iterator[_BreakablePart]:
        """Yield the parts of a request that have limits: parameters, and JSON or form bodies."""
        spec = self._strategies.spec
        for at, parameter_set in spec.parameter_sets.items():
            yield _BreakablePart(at, parameter_set.contract, partial(_round_trip, parameter_set))
        for name in spec.media_types.names if self._strategies.has_body else ():
            media_type, contract = concrete_media_type(name), spec.body_contract(name)
            if contract is not None and is_json(media_type):
                yield _BreakablePart(media_type, contract, lambda instance: instance)
            elif contract is not None and is_form(media_type):
                yield _BreakablePart(
                    media_type, contract, Form(spec, media_type, contract).round_trip
                )


class _BreakablePart:
    """A part of a request that may be invalid; *at* is its pointer, or the media type of a body."""

    def __init__(self, at: str, contract: Contract, round_trip: Callable[[Any], Any]) -> None:
        self.at = at
        self.limits = list(contract.limits)
        self._contract = contract
        self._round_trip = round_trip
        self._mutations: dict[Limit, CertifiedMutation | None] = {}

    def draw(self, draw: _Draw) -> Iterator[tuple[Limit, Any]]:
        """Yield violations of a random limit, then of the next one that a message can break.

        A drawn violation may be valid after serialization, so a certified mutation follows.
        """
        first = draw(st.integers(0, len(self.limits) - 1))
        for limit in (*self.limits[first:], *self.limits[:first]):
            if limit not in self._mutations:
                self._mutations[limit] = self._first_mutation(limit)
            mutation = self._mutations[limit]
            if mutation is not None:
                yield limit, draw(invalid(self._contract, limit)).instance
                yield from ((limit, mutation.instance) for _ in range(_TRIES))

    def _first_mutation(self, limit: Limit) -> CertifiedMutation | None:
        """Return the first mutation of a limit that is still a violation after serialization."""
        certifier = certifier_of(self._contract)
        for each in certifier.mutations(limit):
            with suppress(Unserializable):
                if each.alone and certifier.sole_violation(self._round_trip(each.instance), limit):
                    return each
        return None


def _round_trip(parameter_set: ParameterSet, instance: Any) -> Any:
    """Return parameters serialized and parsed again. Raises Unserializable."""
    pairs = serialize_parameters(parameter_set.parameters, parameter_set.location, instance)
    query = "&".join(f"{name}={text}" for name, text in pairs)
    cookies = {"cookie": query.replace("&", "; ")} if parameter_set.location == "cookie" else {}
    headers = headers_of(pairs) if parameter_set.location == "header" else cookies
    return parameter_set.parse(
        MessageHead(headers, pairs, query if parameter_set.location == "query" else "", dict(pairs))
    )


def _with_body(message: Message, body: SerializedBody | None) -> Message | None:
    """Return a message with a body and its Content-Type; None without a body."""
    if body is None:
        return None
    others = [pair for pair in message.headers if pair[0].lower() != CONTENT_TYPE.lower()]
    return replace(message, body=body.data, headers=[*others, (CONTENT_TYPE, body.media_type)])


def _content_type(message: Message) -> str | None:
    """Return the Content-Type of a message."""
    types = (value for name, value in message.headers if name.lower() == CONTENT_TYPE.lower())
    return next(types, None)
