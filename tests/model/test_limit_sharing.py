"""Limits that no document states, written once for several places."""

from __future__ import annotations

from fieldbound.model import Limit, Source, shared_limits

PAGE, GUIDE = Source("page", "A page"), Source("guide", "A guide")


def limit(pointer: str, **given: object) -> Limit:
    """Return an inferred maxLength, written in one definition."""
    known = {"value": 9, "location": "x#/$defs/name/maxLength", "says": "inferred"}
    return Limit("acme/create", pointer, "maxLength", **{**known, **given})  # type: ignore[arg-type]


def test_a_limit_of_several_places_is_one() -> None:
    """It has the first place's limit, and the ids of all places in order."""
    (found,) = shared_limits([limit("/b"), limit("/a"), limit("/b")])
    assert found.limit == limit("/b")
    assert found.ids == ("acme/create#/b:maxLength", "acme/create#/a:maxLength")


def test_what_is_stated_or_differs_is_not_shared() -> None:
    """Not what a document states, what has no evidence, or what differs in any reason."""
    for says in ("stated", None):
        assert shared_limits([limit("/a", says=says), limit("/b", says=says)]) == ()
    others = [{"location": "y#/maxLength"}, {"note": "why"}, {"sources": (PAGE,)}, {"value": 8}]
    for other in (*others, {"says": "observed"}, {"condition": "/c is 1"}):
        assert shared_limits([limit("/a"), limit("/b", **other)]) == (), other
    assert len(shared_limits([limit(at, sources=(GUIDE,)) for at in ("/a", "/b")])) == 1
