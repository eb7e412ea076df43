"""What is taken out of the schemas of a foreign document."""

from __future__ import annotations

from fieldbound.catalog import Repair, Repairs
from fieldbound.model import BrokenContract


def test_a_list_of_alternatives_that_is_taken_out_itself() -> None:
    """It leaves nothing to decide, though one of the alternatives is weak."""
    alternative = {"type": "string", "pattern": "(("}
    schema = {"type": "integer", "oneOf": [alternative]}
    repairs = Repairs()
    repairs.add(("a", ()), Repair(("oneOf",), BrokenContract("contradictory")))
    repairs.add(("a", ("oneOf", "0")), Repair(("pattern",), BrokenContract("no pattern")))
    repairs.decide({("a", ()): schema, ("a", ("oneOf", "0")): alternative}, {})
    left = repairs.apply(("a", ()), schema)
    assert repairs.finish(("a", ()), left) == left
    assert "oneOf" not in left
    assert left["type"] == "integer"


def test_an_alternative_that_is_added() -> None:
    """What is wrong in a list that deciding adds is not in the schema itself: the rest stays."""
    schema = {"allOf": [{"minLength": 1}], "oneOf": [{"pattern": "(("}], "anyOf": [{}]}
    repairs = Repairs()
    repairs.add(("a", ()), Repair(("allOf", "1", "anyOf"), BrokenContract("contradictory")))
    assert repairs.apply(("a", ()), schema)["allOf"] == schema["allOf"]
