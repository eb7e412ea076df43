"""Syntax errors of texts with sensitive values: only what could show a value is left out."""

from __future__ import annotations

import pytest

from fieldbound import Contract
from fieldbound.documents import parse
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
