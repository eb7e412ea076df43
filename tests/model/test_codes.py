"""The codes of violations: each is described, and the guide `messages` shows a real message."""

from __future__ import annotations

from fieldbound.model import CODES, SYNTAX_CODES
from fieldbound.model.messages import _MESSAGES
from fieldbound.site import guide
from support.message_reference import BREACHES, START, sections


def test_every_code_is_described() -> None:
    """Every keyword that has a message, and every error of a text, has a description."""
    assert {*CODES} == {*_MESSAGES, *SYNTAX_CODES}
    assert {*CODES} - {*BREACHES} == {"anyOf"}


def test_the_guide_shows_them() -> None:
    """The guide has the description of every code, with the message and the hint of a check.

    If it has not: `cd tests && python -m support.message_reference` writes them.
    """
    _, start, text = guide("messages").text.partition(START)
    assert start + text == sections()
