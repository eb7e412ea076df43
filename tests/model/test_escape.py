"""Escaping of text for terminals and the output of CI jobs."""

from __future__ import annotations

from fieldbound.model import escaped, printable
from support.tables import table


@table(
    ("text", "expected"),
    [
        ("::error::b", r"\x3a:error::b"),
        ("  ::error::b", r"  \x3a:error::b"),
        ("##[error]b", r"\x23#[error]b"),
        ("a ###[error]b", r"a #\x23#[error]b"),
        ("##vso[a]b", r"\x23#vso[a]b"),
        ("a\n::error::b", r"a\n::error::b"),
        ("\x1b[1m", r"\x1b[1m"),
    ],
)
def test_escaped(text: str, expected: str) -> None:
    """One character of a command is escaped, and unprintable characters; nothing is left out."""
    assert escaped(text) == expected


@table(
    "text",
    [
        *("a ::b", "http://[::1]/", ":a", "a: b", "# [a]", "## [a]", "a##c", "é 👩\u200d🔬\u3000"),
        *("#\u180a#[a]", "#\u1810#[a]", "#\ufdfd#[a]", "#\ufe10#[a]"),
    ],
)
def test_harmless_text(text: str) -> None:
    """Text that is no command is shown as it is."""
    assert escaped(text) == printable(text) == text


def test_escaped_twice() -> None:
    """What is escaped already stays as it is."""
    for text in ("::error::b", "##[error]b", "a\nb"):
        assert escaped(escaped(text)) == escaped(text)


@table(
    "ignored",
    [
        *"\u034f\u115f\u1160\u17b4\u17b5\u200c\u200d\u3164\uffa0",
        *"\u180b\u180f\ufe00\ufe0f\U000e0100\U000e01ef",
    ],
)
def test_a_command_with_characters_that_are_ignored(ignored: str) -> None:
    """It is one for a comparison by culture, and is none where they are escaped themselves."""
    for text in (f"#{ignored}#[error]b", f"##{ignored}[error]b"):
        is_known = ignored.isprintable() or ignored in "\u200c\u200d"
        assert escaped(text).startswith(r"\x23") if is_known else ignored not in escaped(text)
