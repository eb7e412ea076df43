"""JSON Pointers and percent-encoding."""

from __future__ import annotations

import pytest

from fieldbound.model import Path, percent_decoded, pointer_of, tokens_of
from support.tables import table


@table(
    ("path", "pointer"),
    [
        ((), ""),
        (("a", 0), "/a/0"),
        (("",), "/"),
        (("a~b",), "/a~0b"),
        (("a/b",), "/a~1b"),
        (("~1", "/~", "c"), "/~01/~1~0/c"),
    ],
)
def test_a_path_is_a_pointer_and_back(path: Path, pointer: str) -> None:
    """Each key or index is an escaped token."""
    assert pointer_of(path) == pointer
    assert tokens_of(pointer) == tuple(str(each) for each in path)


@pytest.mark.parametrize(("text", "decoded"), [("a~b", "a~b"), ("a%20b%C3%BC", "a bü"), ("", "")])
def test_what_is_percent_encoded_is_decoded(text: str, decoded: str) -> None:
    """The rest stays."""
    assert percent_decoded(text) == decoded
