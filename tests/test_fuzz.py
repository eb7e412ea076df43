"""What comes from outside, mutated at random: each door keeps its promises for any bytes.

`support/doors.py` says what they are. A number is the seed of each input, so that every run tries
the same ones.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from support.door_seeds import seeds
from support.doors import DOORS
from support.effort import examples, sampled
from support.mutator import mutated

#: How many inputs a thorough run tries at each door.
INPUTS = {
    "json": 10_000,
    "yaml": 8_000,
    "schema": 8_000,
    "openapi": 800,
    "message": 5_000,
    "recording": 4_000,
    "config": 2_000,
    "records": 2_000,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for the files that a door reads."""
    return tmp_path_factory.mktemp("doors")


def assert_handled(name: str, data: bytes, folder: Path) -> None:
    """Give an input to a door, and name the input if that fails."""
    try:
        DOORS[name](data, folder)
    except Exception as error:
        raise AssertionError(f"{name}: {data!r}") from error


@pytest.mark.parametrize("name", DOORS)
def test_every_seed_enters(name: str, folder: Path) -> None:
    """The inputs that are mutated keep the promises themselves."""
    for data in seeds(name):
        assert_handled(name, data, folder)


@pytest.mark.parametrize("name", DOORS)
def test_any_input_is_taken_or_rejected(name: str, folder: Path) -> None:
    """No input raises what is not documented, or is checked otherwise than by the reference."""
    given = seeds(name)
    for number in sampled(range(examples(INPUTS[name]))):
        random = Random(f"{name} {number}")
        assert_handled(name, mutated(random.choice(given), given, random), folder)
