"""Headers, queries, cookies and parts of paths go in as texts; the values they stand for come out.

It is openapi-core that takes parameters apart. Where it is of another mind than the OpenAPI
Specification, or reads more than is written, what it is given here is prepared so that it is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast
from urllib.parse import unquote, unquote_plus

from openapi_core.casting.schemas.casters import SchemaCaster
from openapi_core.deserializing.exceptions import DeserializeError
from openapi_core.deserializing.styles import style_deserializers
from openapi_core.deserializing.styles.deserializers import StyleDeserializer

from fieldbound.openapi import Named, main_type
from fieldbound.validation import Shape, json_of

from .bracket_notation import Keys, gathered, keys_behind

_MARKED: Final = ("label", "matrix")  # styles in which a mark stands before any value
_DELIMITERS: Final = {"spaceDelimited": "%20", "pipeDelimited": "|"}


class Parameter:
    """A parameter or header, and how its text is taken apart."""

    def __init__(self, named: Named, place: str, shape: Shape) -> None:
        self.name = named.name
        self.place = place
        self.shape = shape
        said = named.at.value
        kinds = [kind for kind, _ in named.at.all("content")]
        self.has_media_type = bool(kinds)
        self.is_json = main_type(kinds) is not None
        self.style = str(said.get("style") or ("simple" if place in ("path", "header") else "form"))
        self.explode = bool(said.get("explode", self.style in ("form", "cookie", "deepObject")))
        self._may_be_empty = place == "query" and said.get("allowEmptyValue") is True
        self._key = re.escape(self.name)  # which openapi-core takes for a pattern
        callable_ = style_deserializers.get("form" if self.style == "cookie" else self.style)
        self._reader = StyleDeserializer(
            self.style,
            self.explode,
            self._key,
            shape.structure,
            cast(SchemaCaster, self),
            callable_,
        )

    @property
    def spread(self) -> bool:
        """Whether each attribute of the value is a parameter of its own."""
        own = self.style == "form" and self.explode and not self.has_media_type
        return own and self.shape.structure == "object"

    @property
    def deep(self) -> bool:
        """Whether attributes are named in brackets behind the parameter's name."""
        return self.style == "deepObject" and not self.has_media_type

    def ignores(self, text: str) -> bool:
        """Return whether a text stands for no value at all: one that may be empty, and is.

        One that is required must have a text all the same: without one it is told as missing.
        """
        return self._may_be_empty and not text and "string" not in (self.shape.kinds or ("string",))

    def cast(self, value: Any) -> Any:
        """Return the texts that were taken apart as values; openapi-core calls this."""
        return self.shape.cast(self._unescaped(value))

    def value(self, text: str) -> Any:
        """Return what a text stands for; the text itself, where it cannot be taken apart."""
        if self.is_json:
            plain = self._plain(text)
            return json_of(unquote(plain) if self.place == "cookie" else plain)
        if self.has_media_type or (not self.shape.structure and self.style not in _MARKED):
            return self.shape.cast(self._plain(text))
        text = self._prepared(text)
        if not self._is_whole(text):
            return self._plain(text)
        try:
            return self._reader.deserialize(self._location(text))
        except (DeserializeError, KeyError, ValueError, TypeError, IndexError):
            return self._plain(text)

    def several(self, texts: Sequence[str]) -> Any:
        """Return the value of a parameter that is there several times, or may be."""
        if self.explode and self.shape.structure == "array" and not self.has_media_type:
            return self.cast(list(texts))
        if len(texts) > 1 and self.shape.structure == "array":  # which is one mistake, not many
            return f"&{self.name}=".join(map(self._plain, texts))
        if len(texts) == 1:
            return self.value(texts[0])
        return [self.value(text) for text in texts]

    def within(self, texts: Sequence[tuple[Keys, str]]) -> Any:
        """Return the value of texts, each under the keys that are in brackets behind the name."""
        plain = [(keys, self._plain(text)) for keys, text in texts]
        if len(plain) == 1 and not plain[0][0]:
            return self.shape.cast(plain[0][1])
        return gathered(plain, self.shape)

    def _prepared(self, text: str) -> str:
        """Return a text with the delimiters that openapi-core parts it at."""
        if self.style == "spaceDelimited":
            return text.replace("+", "%20").replace(" ", "%20")
        if self.style == "pipeDelimited":
            return re.sub("%7c", "|", text, flags=re.IGNORECASE)
        if self.style == "form" and self.place == "query" and "," not in text:
            # httpx and requests escape the commas of a list that they are given as a text
            return re.sub("%2c", ",", text, flags=re.IGNORECASE)
        return text

    def _is_whole(self, text: str) -> bool:
        """Return whether a text has the marks of its style, and a value for each attribute."""
        parts = self.shape.structure
        if self.style == "label" and not text.startswith("."):
            return False
        if self.style == "matrix" and parts == "object" and self.explode:
            return text.startswith(";")
        if self.style == "matrix":
            each = text[1:].split(";") if parts == "array" and self.explode else [text[1:]]
            named = all(one.startswith(f"{self.name}=") for one in each)
            if not (named and text.startswith(";")):
                return False
        paired = parts != "object" or self.explode
        return paired or text.count(_DELIMITERS.get(self.style, ",")) % 2 == 1

    def _location(self, text: str) -> dict[str, str]:
        key = self._key
        return dict.fromkeys((key, f".{key}", f".{key}*", f";{key}", f";{key}*"), text)

    def _unescaped(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._unescaped(each) for each in value]
        if isinstance(value, dict):
            return {self._plain(name): self._plain(each) for name, each in value.items()}
        return self._plain(value)

    def _plain(self, text: Any) -> Any:
        if not isinstance(text, str):
            return text
        if self.place == "query":
            return unquote_plus(text) if "%" in text or "+" in text else text
        if self.place == "header":
            return text.strip(" \t")
        return unquote(text) if self.place == "path" and "%" in text else text


def read_named(parameters: Iterable[Parameter], given: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of parameters of which each is there once: headers, or those of a path."""
    return {
        each.name: each.value(given[key])
        for each in parameters
        if (key := each.name.lower() if each.place == "header" else each.name) in given
    }


def read_query(parameters: Iterable[Parameter], query: str) -> dict[str, Any]:
    """Return the values of the parameters in a query, and what else is in it, as texts."""
    given: dict[str, list[str]] = {}
    for pair in query.split("&") if query else ():
        name, _, text = pair.partition("=")
        given.setdefault(unquote_plus(name), []).append(text)
    given.pop("", None)
    return read_pairs(parameters, given)


def read_cookies(parameters: Iterable[Parameter], header: str) -> dict[str, Any]:
    """Return the values of the parameters in a Cookie header."""
    given: dict[str, list[str]] = {}
    for pair in header.split(";"):
        name, _, text = pair.partition("=")
        text = text.strip()
        quoted = text[:1] == text[-1:] == '"' and len(text) > 1
        given.setdefault(name.strip(), []).append(text[1:-1] if quoted else text)
    known = list(parameters)
    read = read_pairs(known, given)
    return {each.name: read[each.name] for each in known if each.name in read}


def read_pairs(parameters: Iterable[Parameter], given: dict[str, list[str]]) -> dict[str, Any]:
    """Return the values of parameters given by name, each perhaps several times, and the others."""
    read: dict[str, Any] = {}
    spread: list[Parameter] = []
    parameters = list(parameters)
    known = {each.name for each in parameters}
    for each in parameters:
        if each.spread:
            spread.append(each)
        elif each.deep:
            others = known - {each.name}
            names = [name for name in given if name not in others]
            inside = [
                (keys, text)
                for name in names
                if (keys := keys_behind(each.name, name)) is not None
                for text in given.pop(name)
            ]
            if inside:
                read[each.name] = each.within(inside)
        elif each.name in given:
            texts = given.pop(each.name)
            if not all(map(each.ignores, texts)):
                read[each.name] = each.several(texts)
    for each in spread:
        names = [name for name in given if name in each.shape.named or each.shape.others]
        if names:
            read[each.name] = each.cast({name: given.pop(name)[-1] for name in names})
    return {**read, **{name: unquote_plus(texts[-1]) for name, texts in given.items()}}
