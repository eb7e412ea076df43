"""Guards: invalid messages are raised, warned of or recorded, by direction."""

from __future__ import annotations

import json
import pickle
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound import API, BrokenContract, Invalid, Message
from fieldbound.http.guard import MAX_REPORTS, ContractWarning, Guard
from fieldbound.http.hosts import hosts_of

URL = "https://store.example.com/companyGroup/all"
INVALID_REQUEST = Message("GET", URL, {"Authorization": "Bearer canary"})
VALID_REQUEST = Message("GET", URL, {"accessToken": "t"})
INVALID_RESPONSE = Message("GET", URL, {"Content-Type": "application/json"}, "{}", 418)


def test_mode_raise() -> None:
    """In mode raise an invalid message raises Invalid, and is recorded."""
    guard = Guard("axim-commerce", undocumented="fail")
    with pytest.raises(Invalid, match="accessToken is missing"):
        guard.check_request(INVALID_REQUEST)
    with pytest.raises(Invalid, match="/status is 418"):
        guard.check_response(INVALID_RESPONSE)
    assert [len(report) for report in guard.reports] == [1, 1]


def test_mode_warn() -> None:
    """In mode warn each invalid message issues one ContractWarning."""
    guard = Guard("axim-commerce", request="warn", response="warn", undocumented="fail")
    with pytest.warns(ContractWarning, match="accessToken is missing") as warned:
        guard.check_request(INVALID_REQUEST)
    assert len(warned) == 1
    assert "canary" not in str(warned[0].message)
    with pytest.warns(ContractWarning, match="/status is 418"):
        guard.check_response(INVALID_RESPONSE)


def test_mode_record() -> None:
    """In mode record reports are kept, and nothing else happens."""
    guard = Guard("axim-commerce", request="record", response="record")
    guard.check_request(INVALID_REQUEST)
    guard.check_request(VALID_REQUEST)
    guard.check_response(INVALID_RESPONSE)
    assert [report.about for report in guard.reports] == [
        "GET /companyGroup/all",
        "418 to GET /companyGroup/all",
    ]
    assert guard.checked == {
        "axim-commerce/list-company-groups": 2,
        "axim-commerce/list-company-groups/response": 1,
    }


def test_mode_none() -> None:
    """With None the messages of a direction are not checked."""
    guard = Guard("axim-commerce", request=None, response="raise", undocumented="fail")
    assert guard.check_request(INVALID_REQUEST) is None
    with pytest.raises(Invalid):
        guard.check_response(INVALID_RESPONSE)
    assert Guard("axim-commerce", response=None).check_response(INVALID_RESPONSE) is None


def test_an_invalid_mode_is_an_error() -> None:
    """An invalid mode raises ValueError with the valid ones."""
    mode: Any = "rise"
    with pytest.raises(
        ValueError, match=r"invalid mode 'rise' \(choose from raise, warn, record\)"
    ):
        Guard("axim-commerce", request=mode)


def test_a_guard_of_one_api_checks_every_message_by_it() -> None:
    """With one API, a message to an unknown path is invalid, at any host."""
    with pytest.raises(Invalid, match="/url is "):
        Guard("axim-commerce").check_request(Message("GET", "https://a.example/b"))


def test_messages_without_an_api_are_counted() -> None:
    """With several APIs, a message that belongs to none is counted by its host."""
    guard = Guard(["axim-commerce", "fortellis"])
    assert guard.check_request(Message("GET", "https://u:canary@a.example/b?canary")) is None
    assert guard.check_response(Message("GET", "https://a.example/b", (), None, 200)) is None
    assert guard.uncovered == {"a.example": 1}
    named = Guard(hosts_of(["store.example.com=axim-commerce"]))
    assert named.check_request(Message("GET", "https://a.example/companies")) is None
    assert named.uncovered == {"a.example": 1}


def test_the_response_to_an_unknown_request_is_not_reported() -> None:
    """The unknown operation is reported for the request, not again for its response."""
    guard = Guard("axim-commerce", request="record", response="record")
    nowhere = "https://store.example.com/nowhere"
    guard.check_request(Message("GET", nowhere))
    guard.check_response(Message("GET", nowhere, (), None, 200))
    assert len(guard.reports) == 1
    alone = Guard("axim-commerce", request=None, response="record")
    alone.check_response(Message("GET", nowhere, (), None, 200))
    assert len(alone.reports) == 1


def test_a_partly_checked_message_is_recorded() -> None:
    """A valid message is recorded if a part of it was not checked."""
    guard = Guard(fieldbound.api("axim-commerce"))
    unread = Message("GET", URL, {"accessToken": "t"}, None, None, "it is a stream")
    report = guard.check_request(unread)
    assert report is not None
    assert report.not_checked == {"/body": "it is a stream"}
    assert list(guard.reports) == [report]


def test_the_number_of_recorded_reports_is_limited() -> None:
    """The latest reports are kept, up to the limit; all are counted."""
    guard = Guard("axim-commerce", request="record")
    for _ in range(MAX_REPORTS + 5):
        guard.check_request(INVALID_REQUEST)
    assert len(guard.reports) == MAX_REPORTS
    assert sum(guard.checked.values()) == MAX_REPORTS + 5


@pytest.fixture(name="broken")
def _broken(tmp_path: Path) -> API:
    """Return an API whose only operation has an invalid schema."""
    content = {"application/json": {"schema": {"type": "a,"}}}
    operation = {
        "requestBody": {"content": content},
        "responses": {"200": {"description": "", "content": content}},
    }
    document = {"openapi": "3.1.0", "info": {}, "paths": {"/a": {"post": operation}}}
    (tmp_path / "a.json").write_text(json.dumps(document))
    return fieldbound.api(str(tmp_path / "a.json"), strict=True)


def test_an_invalid_operation_is_reported_by_mode(broken: API) -> None:
    """An operation that is invalid in its document is raised in mode raise only."""
    kind = {"Content-Type": "application/json"}
    request = Message("POST", "https://h/a", kind, "{}")
    response = Message("POST", "https://h/a", kind, "{}", 200)
    with pytest.raises(BrokenContract):
        Guard(broken).check_request(request)
    recorded = Guard(broken, request="record", response="record")
    recorded.check_request(request)
    recorded.check_response(response)
    assert ["a," in report.not_checked[""] for report in recorded.reports] == [True, True]
    with pytest.warns(ContractWarning, match="not checked: .*a,"):
        Guard(broken, request="warn").check_request(request)


def test_a_guard_can_be_copied() -> None:
    """A guard can be pickled and copied, with its reports and counts."""
    guard = Guard("axim-commerce", request="record")
    guard.check_request(INVALID_REQUEST)
    for copy in (pickle.loads(pickle.dumps(guard)), deepcopy(guard)):  # noqa: S301
        copy.check_request(INVALID_REQUEST)
        assert sum(copy.checked.values()) == 2
    assert sum(guard.checked.values()) == 1


@pytest.mark.parametrize("given", [5, None])
def test_other_types_are_rejected(given: Any) -> None:
    """A Guard without an API raises TypeError with the accepted types."""
    with pytest.raises(TypeError, match="apis must be an API, the name of one, or several of them"):
        Guard(given)


def test_weaker_evidence_is_recorded_only() -> None:
    """A message that violates only limits with weaker evidence than fail_on is only recorded."""
    body = '{"items": [], "hasMore": "x"}'
    url = "https://x.oraclecloud.com/crmRestApi/resources/11.13.18.05/setupSalesCatalogs"
    answer = Message("GET", url, {"Content-Type": "text/plain"}, body, 200)
    weak = fieldbound.api("oracle-cx-sales").check_response(answer)
    assert weak.violations
    assert not weak.fails("stated")
    for mode in ("raise", "warn"):
        guard = Guard("oracle-cx-sales", response=mode, fail_on="stated")  # type: ignore[arg-type]
        guard.check_response(answer)
        assert [len(report) for report in guard.reports] == [len(weak)]
    with pytest.raises(Invalid):
        Guard("oracle-cx-sales").check_response(answer)
    with pytest.raises(Invalid, match="accessToken is missing"):
        Guard("axim-commerce", fail_on="stated").check_request(INVALID_REQUEST)
    with pytest.raises(ValueError, match="fail_on must be one of"):
        Guard("axim-commerce", fail_on="state")
