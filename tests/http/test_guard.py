"""What is done about an invalid message: it is refused, warned of or recorded, by direction."""

from __future__ import annotations

import json
import pickle
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound import API, BrokenContract, Invalid, Message
from fieldbound.http.guard import KEPT, ContractWarning, Guard
from fieldbound.http.hosts import hosts_of

URL = "https://store.example.com/companyGroup/all"
SENT = Message("GET", URL, {"Authorization": "Bearer canary"})
GOOD = Message("GET", URL, {"accessToken": "t"})
ANSWERED = Message("GET", URL, {"Content-Type": "application/json"}, "{}", 418)


def test_raise_refuses_what_is_invalid() -> None:
    """In the mode raise an invalid message raises its report, and is recorded too."""
    guard = Guard("axim-commerce")
    with pytest.raises(Invalid, match="accessToken is missing"):
        guard.sent(SENT)
    with pytest.raises(Invalid, match="/status is 418"):
        guard.answered(ANSWERED)
    assert [len(report) for report in guard.reports] == [1, 1]


def test_warn_warns_of_what_is_invalid() -> None:
    """In the mode warn an invalid message is warned of, once for each."""
    guard = Guard("axim-commerce", request="warn", response="warn")
    with pytest.warns(ContractWarning, match="accessToken is missing") as warned:
        guard.sent(SENT)
    assert len(warned) == 1
    assert "canary" not in str(warned[0].message)
    with pytest.warns(ContractWarning, match="/status is 418"):
        guard.answered(ANSWERED)


def test_record_says_nothing() -> None:
    """In the mode record nothing is said, and all is kept."""
    guard = Guard("axim-commerce", request="record", response="record")
    guard.sent(SENT)
    guard.sent(GOOD)
    guard.answered(ANSWERED)
    assert [report.about for report in guard.reports] == [
        "GET /companyGroup/all",
        "418 to GET /companyGroup/all",
    ]
    assert guard.checked == {
        "axim-commerce/list-company-groups": 2,
        "axim-commerce/list-company-groups/response": 1,
    }


def test_a_direction_may_be_left_out() -> None:
    """None leaves the messages of a direction unchecked."""
    guard = Guard("axim-commerce", request=None, response="raise")
    assert guard.sent(SENT) is None
    with pytest.raises(Invalid):
        guard.answered(ANSWERED)
    assert Guard("axim-commerce", response=None).answered(ANSWERED) is None


def test_an_unknown_mode_is_an_error() -> None:
    """A mode that there is none of is refused, with those there are."""
    mode: Any = "rise"
    with pytest.raises(ValueError, match="'rise', but must be one of raise, warn, record"):
        Guard("axim-commerce", request=mode)


def test_a_guard_of_one_api_takes_all_messages_for_its_own() -> None:
    """Where there is one API, a message to an unknown path is a violation, whatever its host."""
    with pytest.raises(Invalid, match="/url is "):
        Guard("axim-commerce").sent(Message("GET", "https://a.example/b"))


def test_what_no_api_covers_is_counted() -> None:
    """Of several APIs none may be that of a message, which is counted by its host."""
    guard = Guard(["axim-commerce", "fortellis"])
    assert guard.sent(Message("GET", "https://u:canary@a.example/b?canary")) is None
    assert guard.answered(Message("GET", "https://a.example/b", (), None, 200)) is None
    assert guard.uncovered == {"a.example": 1}
    named = Guard(hosts_of(["store.example.com=axim-commerce"]))
    assert named.sent(Message("GET", "https://a.example/companies")) is None
    assert named.uncovered == {"a.example": 1}


def test_the_response_to_an_unknown_request_is_told_once() -> None:
    """What was told of a request is not told again of its response."""
    guard = Guard("axim-commerce", request="record", response="record")
    nowhere = "https://store.example.com/nowhere"
    guard.sent(Message("GET", nowhere))
    guard.answered(Message("GET", nowhere, (), None, 200))
    assert len(guard.reports) == 1
    alone = Guard("axim-commerce", request=None, response="record")
    alone.answered(Message("GET", nowhere, (), None, 200))
    assert len(alone.reports) == 1


def test_what_was_not_judged_is_recorded() -> None:
    """A message that is valid as far as it could be judged is kept, with what was not."""
    guard = Guard(fieldbound.api("axim-commerce"))
    unread = Message("GET", URL, {"accessToken": "t"}, None, None, "it is a stream")
    report = guard.sent(unread)
    assert report is not None
    assert report.not_checked == {"/body": "it is a stream"}
    assert list(guard.reports) == [report]


def test_records_do_not_grow_without_end() -> None:
    """The latest reports are kept, so many and no more; all are counted."""
    guard = Guard("axim-commerce", request="record")
    for _ in range(KEPT + 5):
        guard.sent(SENT)
    assert len(guard.reports) == KEPT
    assert sum(guard.checked.values()) == KEPT + 5


@pytest.fixture(name="broken")
def _broken(tmp_path: Path) -> API:
    """Return an API of which the one operation is broken."""
    content = {"application/json": {"schema": {"type": "a,"}}}
    operation = {
        "requestBody": {"content": content},
        "responses": {"200": {"description": "", "content": content}},
    }
    document = {"openapi": "3.1.0", "info": {}, "paths": {"/a": {"post": operation}}}
    (tmp_path / "a.json").write_text(json.dumps(document))
    return fieldbound.api(str(tmp_path / "a.json"))


def test_a_broken_contract_breaks_no_traffic(broken: API) -> None:
    """An operation that is broken in its document is raised, or told, as violations are."""
    kind = {"Content-Type": "application/json"}
    asked = Message("POST", "https://h/a", kind, "{}")
    answer = Message("POST", "https://h/a", kind, "{}", 200)
    with pytest.raises(BrokenContract):
        Guard(broken).sent(asked)
    recorded = Guard(broken, request="record", response="record")
    recorded.sent(asked)
    recorded.answered(answer)
    assert ["a," in report.not_checked[""] for report in recorded.reports] == [True, True]
    with pytest.warns(ContractWarning, match="not judged: .*a,"):
        Guard(broken, request="warn").sent(asked)


def test_a_guard_can_be_copied() -> None:
    """A guard pickles and copies, with what it has seen."""
    guard = Guard("axim-commerce", request="record")
    guard.sent(SENT)
    for copy in (pickle.loads(pickle.dumps(guard)), deepcopy(guard)):  # noqa: S301
        copy.sent(SENT)
        assert sum(copy.checked.values()) == 2
    assert sum(guard.checked.values()) == 1


@pytest.mark.parametrize("given", [5, None])
def test_what_is_no_api_is_an_error(given: Any) -> None:
    """A guard of no API says what it takes."""
    with pytest.raises(TypeError, match="a guard takes an API, the name of one, or several"):
        Guard(given)
