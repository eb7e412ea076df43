"""assert_within: the smallest input whose payload is invalid."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import hypothesis.errors
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import fieldbound
from fieldbound.coverage.limit_coverage import Coverage
from fieldbound.coverage.recorder import Recorder
from fieldbound.testing import OutOfBounds, assert_within, text
from fieldbound.validation.contract import Contract

NAME = "oracle-cx-sales/create-product-group"


@pytest.fixture(autouse=True)
def _profile() -> Iterator[None]:
    """Use the same inputs on every machine."""
    before = settings.get_current_profile_name()
    settings.register_profile(
        "fieldbound", derandomize=True, database=None, deadline=None, max_examples=100
    )
    settings.load_profile("fieldbound")
    yield
    settings.load_profile(before)


def build(name: str) -> dict[str, Any]:
    """Build a payload with a bug: InternalName is not truncated."""
    return {"ProdGroupName": name[:150], "InternalName": name, "ActiveFlag": "Y"}


def test_the_smallest_input_is_reported() -> None:
    """The input reported is the smallest whose payload is invalid: 151 zeros."""
    with pytest.raises(OutOfBounds) as caught:
        assert_within(build, NAME, text())
    error = caught.value
    assert error.input == "0" * 151
    assert error.payload == build("0" * 151)
    assert [each.code for each in error.report] == ["maxLength"]
    assert isinstance(error, AssertionError)


def test_the_message_is_short() -> None:
    """The message has the input and the report, and no output of Hypothesis."""
    contract = Contract({"properties": {"a": {"enum": ["Y", "N"]}}})
    with pytest.raises(OutOfBounds) as caught:
        assert_within(lambda flag: {"a": flag}, contract, st.booleans())
    assert str(caught.value).splitlines() == [
        "the payload built from False is invalid",
        "schema: 1 violation",
        '  enum: /a is false, but must be "Y" or "N"',
        '      hint: "N"',
    ]
    assert not hasattr(caught.value, "__notes__")
    assert caught.value.__suppress_context__


def test_a_long_input_is_truncated_in_the_message() -> None:
    """The message has the beginning of a long input; the error has all of it."""
    with pytest.raises(OutOfBounds) as caught:
        assert_within(lambda text: text * 2, Contract({"maxLength": 3}), st.just("x" * 5_000))
    assert len(str(caught.value).splitlines()[0]) < 1_100
    assert caught.value.input == "x" * 5_000


def test_a_correct_builder_passes() -> None:
    """Nothing is raised if every payload is valid."""
    assert_within(lambda name: build(name[:150] or "x"), NAME, text())


@pytest.mark.parametrize(
    "inputs",
    [
        st.lists(st.sampled_from(["Laptop", "Pro"])),
        pytest.param(st.from_regex("[a-z ]*", fullmatch=True), marks=pytest.mark.thorough),
    ],
)
def test_inputs_are_targeted_at_the_limits(inputs: st.SearchStrategy[Any]) -> None:
    """Inputs of many parts reach a length that random ones do not."""
    with pytest.raises(OutOfBounds) as caught:
        assert_within(lambda parts: build(" ".join(parts)), NAME, inputs)
    assert caught.value.report.violations[0].actual <= 160


@pytest.mark.parametrize(("minimum", "maximum"), [(0, 300), (3, 5), (7, 7)])
def test_strings_have_every_length(minimum: int, maximum: int) -> None:
    """Strings have the lengths from the minimum to the maximum, and no other."""
    lengths = set()

    @given(text(min_size=minimum, max_size=maximum))
    def collect(value: str) -> None:
        lengths.add(len(value))

    collect()
    assert min(lengths) >= minimum
    assert max(lengths) <= maximum
    assert len(lengths) > min(30, maximum - minimum)


def test_an_exception_of_the_builder_is_propagated() -> None:
    """An exception of the builder is raised unchanged, with the smallest input in a note."""

    def fails(number: int) -> Any:
        if number > 41:
            raise KeyError("no such group")
        return "x"

    with pytest.raises(KeyError, match="no such group") as caught:
        assert_within(fails, Contract({"type": "string"}), st.integers())
    assert caught.value.__notes__ == ["smallest input: 42"]  # type: ignore[attr-defined,unused-ignore]
    assert [entry.name for entry in caught.traceback][-1] == "fails"
    assert not any("hypothesis" in str(entry.path) for entry in caught.traceback)


def test_a_payload_that_is_not_json_raises() -> None:
    """A payload that is not a JSON value raises NotJSON, with the smallest input in a note."""
    with pytest.raises(fieldbound.NotJSON) as caught:
        assert_within(lambda each: {each}, Contract({"type": "string"}), st.integers())
    assert caught.value.__notes__ == ["smallest input: 0"]  # type: ignore[attr-defined,unused-ignore]


def test_the_active_profile_applies() -> None:
    """The number of inputs is that of the active profile, or *max_examples*."""
    tried = []
    contract = Contract({"type": "integer"})
    settings.register_profile("few", settings.get_profile("fieldbound"), max_examples=7)
    settings.load_profile("few")
    for most in (None, 3):
        tried.clear()
        assert_within(
            lambda each: tried.append(each) or each, contract, st.integers(), max_examples=most
        )  # type: ignore[func-returns-value]
        assert len(tried) == (most or 7)


def test_runs_are_reproducible() -> None:
    """With a derandomized profile every run has the same inputs."""
    runs: list[list[int]] = [[], []]
    for tried in runs:
        assert_within(
            lambda each, tried=tried: tried.append(each) or each, Contract(True), st.integers()
        )  # type: ignore[misc]
    assert runs[0] == runs[1]


def test_assert_within_in_a_given_test_raises() -> None:
    """In a test that is itself @given it raises, with what to do instead."""

    @settings(suppress_health_check=list(HealthCheck), max_examples=1)
    @given(st.integers())
    def nested(_: int) -> None:
        assert_within(build, NAME, text())

    with pytest.raises(RuntimeError, match="cannot be used in a @given test"):
        nested()


def test_invalid_arguments_raise() -> None:
    """An invalid strategy, contract name or number of examples raises."""
    with pytest.raises(TypeError, match="inputs is 'abc', but must be a Hypothesis strategy"):
        assert_within(build, NAME, "abc")  # type: ignore[arg-type]
    with pytest.raises(fieldbound.UnknownName):
        assert_within(build, "no/such", text())
    with pytest.raises(hypothesis.errors.InvalidArgument, match="max_examples"):
        assert_within(build, NAME, text(), max_examples=0)


def test_payloads_count_for_limit_coverage() -> None:
    """Limit coverage counts the payloads."""
    recorder = Recorder(Coverage())
    recorder.install()
    try:
        assert_within(lambda name: build(name[:150] or "x"), NAME, text())
    finally:
        recorder.uninstall()
    rows = recorder.coverage.contracts[NAME]
    row = next(row for row in rows if row.limit.id.endswith("#/InternalName:maxLength"))
    assert (row.covered, row.beyond) == (True, 0)


def test_it_pickles_and_shows_no_payload() -> None:
    """OutOfBounds pickles by value, and its repr omits the payload."""
    error = OutOfBounds("a", {"secret": "canary"}, Contract(False).check({}))
    assert pickle.loads(pickle.dumps(error)) == error  # noqa: S301
    assert "canary" not in repr(error) + str(error)


def test_without_hypothesis_the_import_raises() -> None:
    """Without Hypothesis the ImportError says what to install."""
    code = "import sys; sys.modules['hypothesis'] = None; import fieldbound.testing"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert "pip install 'fieldbound[testing]'" in done.stderr


def test_a_builder_may_change_its_input() -> None:
    """The error has the input as it was drawn, not as changed by the builder."""

    def build(record: dict[str, str]) -> dict[str, str]:
        record["InternalName"] = record.pop("name")
        return {**record, "ProdGroupName": "x"}

    inputs = st.fixed_dictionaries({"name": text()})
    with pytest.raises(OutOfBounds) as caught:
        assert_within(build, "oracle-cx-sales/create-product-group", inputs)
    assert set(caught.value.input) == {"name"}
    assert len(caught.value.input["name"]) == 151


@pytest.mark.parametrize("wrong", [None, {"type": "string"}])
def test_an_invalid_contract_argument_raises(wrong: Any) -> None:
    """A schema, or None, instead of a contract raises TypeError."""
    with pytest.raises(TypeError, match="must be a Contract or the name of one"):
        assert_within(str, wrong, text())
