"""Limits are chosen by evidence, field and keyword."""

from __future__ import annotations

from typing import Any

from fieldbound import Contract
from fieldbound.model import chosen_limits
from support.tables import table

LIMITS = Contract(
    {
        "properties": {
            "name": {"maxLength": 1, "x-source": {"says": "stated", "from": []}},
            "names": {"items": {"maxLength": 2, "minLength": 1}},
        },
        "maxProperties": 3,
    }
).limits


@table(
    ("chosen", "expected"),
    [
        ({}, [":maxProperties", "/name:maxLength", "/names/*:maxLength", "/names/*:minLength"]),
        ({"says": ["stated"]}, ["/name:maxLength"]),
        ({"says": ["inferred"]}, []),
        ({"keywords": ["minLength", "pattern"]}, ["/names/*:minLength"]),
        ({"fields": ["name"]}, ["/name:maxLength"]),
        ({"fields": ["/name"]}, ["/name:maxLength"]),
        ({"fields": ["NAME"]}, []),
        ({"fields": ["names/?"]}, ["/names/*:maxLength", "/names/*:minLength"]),
        ({"fields": ["x", "nam*"], "keywords": ["minLength"]}, ["/names/*:minLength"]),
        ({"fields": [""]}, [":maxProperties"]),
        ({"says": ["stated"], "keywords": ["minLength"]}, []),
    ],
)
def test_which_limits_are_chosen(chosen: dict[str, Any], expected: list[str]) -> None:
    """All that is given must fit; a field fits by its name or pointer."""
    found = chosen_limits(LIMITS, **chosen)
    assert sorted(f"{limit.pointer}:{limit.keyword}" for limit in found) == sorted(expected)
