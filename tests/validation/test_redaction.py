"""Syntax errors of texts with sensitive values: only what could show a value is left out."""

from __future__ import annotations

import pytest

from fieldbound import Contract
from fieldbound.documents import parse
from fieldbound.model import INSIDE_SENSITIVE, Path
from fieldbound.validation.mistakes import Mistake
from fieldbound.validation.redaction import Redaction
from support.tables import table

CONTRACT = Contract({"properties": {"pin": {"x-sensitive": True}, "a": {}}})


@table(
    ("text", "form"),
    [
        ('{"a": 1,}', "json"),
        ('{"a": 1 "b": 2}', "json"),
        ('{"a": 01}', "json"),
        ('{"a": 1', "json"),
        ('{"a": "x\ny"}', "json"),
        ("{'a': 1}", "json"),
        ("a: [1", "yaml"),
        ("a: b: c", "yaml"),
        ("a: 1\n---\nb: 2", "yaml"),
    ],
)
def test_a_fixed_sentence_stays(text: str, form: str) -> None:
    """It says nothing of the text: it is that of a contract without sensitive values."""
    document = parse(text, format=form)
    (plain,) = Contract({"maxProperties": 9}).check(document)
    (found,) = CONTRACT.check(document)
    assert found.message == plain.message
    assert found.detail is not None
    assert found.place == plain.place


@pytest.mark.parametrize(
    ("text", "form"),
    [("pin: !s3cret 5", "yaml"), ('{"a": 1, "pin": {"s3cret": 1, "s3cret": 2}}', "json")],
)
def test_a_sentence_that_quotes_the_text_is_left_out(text: str, form: str) -> None:
    """What it quotes may be a part of the value."""
    report = CONTRACT.check(parse(text, format=form))
    (found,) = report
    assert found.message
    assert "s3cret" not in f"{report!r}{report}{found!r}{found.message}"


REDACTION = Redaction(["/a/b", "/l/*/x"])


@table(
    ("path", "kept"),
    [
        (("a", "b"), ("a", "b")),
        (("a", "b", "c", "d"), ("a", "b")),  # inside: neither names nor indices are shown
        (("l", 3, "x", 0), ("l", 3, "x")),
        (("a",), ("a",)),  # it holds one
        ((), ()),
        (("l", 3), ("l", 3)),
        (("c",), None),
        (("a", "c"), None),
        (("l", 3, "y"), None),
    ],
)
def test_what_is_left_of_a_mistake(path: Path, kept: Path | None) -> None:
    """No value, and no path into it; what touches nothing sensitive stays as it is."""
    (limit,) = Contract({"maxLength": 1}).limits
    mistake = Mistake(
        path, "maxLength", limit, path, False, "s3cret", "string", (), ("k",), "d", ("t",), "5"
    )
    found = REDACTION.mistake(mistake)
    assert REDACTION.covers(tuple(map(str, path))) is (kept is not None)
    if kept is None:
        assert found is mistake
    elif kept == path:
        assert found == mistake._replace(actual=None, detail=None, text=None)
    else:
        assert found == mistake._replace(
            path=kept, actual=None, known=(), taken=(), text=None, detail=INSIDE_SENSITIVE
        )


def test_nothing_is_sensitive_of_most_contracts() -> None:
    """Then there is nothing to redact."""
    assert REDACTION
    assert not Redaction([])
    assert not Redaction([]).covers(("a",))
