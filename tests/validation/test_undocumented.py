"""Parts that are not checked: which of them an instance has, and why."""

from __future__ import annotations

from typing import Any

from fieldbound.validation.undocumented import Undocumented, joined
from support.tables import table


@table(
    ("pointer", "instance", "has"),
    [
        ("", 5, True),
        ("/a", {"a": 1}, True),
        ("/a", {"b": 1}, False),
        ("/a", [1], False),
        ("/a/b", {"a": {"b": None}}, True),
        ("/a/b", {"a": {"c": 1}}, False),
        ("/a/b", {"a": 1}, False),
        ("/a/*", {"a": [1]}, True),
        ("/a/*", {"a": (1,)}, True),
        ("/a/*", {"a": []}, False),
        ("/a/*", {"a": {"x": 1}}, True),
        ("/a/*/b", {"a": [{"c": 1}, {"b": 1}]}, True),
        ("/a/*/b", {"a": {"x": {"c": 1}, "y": {"b": 1}}}, True),
        ("/a/*/b", {"a": [{"c": 1}]}, False),
        ("/*", {"x": 1}, True),
        ("/*", [], False),
        ("/*/b", [{"b": 1}], True),
    ],
)
def test_a_part_that_an_instance_has_is_reported(pointer: str, instance: Any, has: bool) -> None:
    """`*` is any name or index; what is always reported is, whatever there is."""
    always = {"/z": "always"}
    found = Undocumented({pointer: "why"}, always).within(instance)
    assert found == ({**always, pointer: "why"} if has else always)
    assert (Undocumented({pointer: "why"}).within(instance) == {}) is not has


@table(
    ("pointers", "names"),
    [
        ([], set()),
        (["/a", "/b/c"], {"a", "b"}),
        (["/a", "/*/b"], None),
        (["/a", ""], None),
        (["/a/*"], {"a"}),
    ],
)
def test_the_names_under_which_there_is_any(pointers: list[str], names: set[str] | None) -> None:
    """None is any name."""
    found = Undocumented(dict.fromkeys(pointers, "why"))
    assert found.first_names == names
    assert found.paths == [tuple(each.split("/")[1:]) for each in pointers]


@table(
    ("pointers", "text", "may_be"),
    [
        (["/a/b"], b'{"a":{"b":1}}', True),
        (["/a/b"], b'{"a":{"c":1}}', False),
        (["/a/*/b"], b'{"a":[{"b":1}]}', True),
        (["/x", "/a"], b'{"a":1}', True),
        (["/x", "/y"], b'{"a":1}', False),
        (["/0"], b"[1]", True),  # an index does not stand in the text
        (["/a/1"], b'{"a":[2,3]}', True),
        (['/a"b'], rb'{"a\"b":1}', True),  # nor does a name with an escaped character
        (["/a\\b"], rb'{"a\\b":1}', True),
        (["/ü"], '{"ü":1}'.encode(), True),
        ([""], b"1", True),
        ([], b"1", False),
    ],
)
def test_which_texts_may_have_an_undocumented_part(
    pointers: list[str], text: bytes, may_be: bool
) -> None:
    """Those in which all plain names of one pointer stand."""
    assert Undocumented(dict.fromkeys(pointers, "why")).may_be_in(text) is may_be


@table(
    ("pointer", "path", "may_be"),
    [
        ("/a", "/a", True),
        ("/a", "/b", False),
        ("/a", "/a/b", False),
        ("/a/b", "/a", False),
        ("/*", "/a", True),
        ("/*/b", "/0/b", True),
        ("/*/b", "/0/c", False),
        ("/a/0", "/a/*", True),  # any index
        ("/a/b", "/a/*", False),
        ("/a/0", "/a/1", False),
        ("", "", True),
    ],
)
def test_which_paths_may_be_undocumented(pointer: str, path: str, may_be: bool) -> None:
    """Those of one of the pointers, in which `*` is any name or index; in a path, any index."""
    found = Undocumented({"/z": "why", pointer: "why"})
    assert found.may_be_at(tuple(path.split("/")[1:])) is may_be


def test_reasons_of_one_pointer_are_joined() -> None:
    """Each is there, in order."""
    assert joined({"/a": "1", "/b": "2"}, {}, {"/a": "3"}) == {"/a": "1; 3", "/b": "2"}
