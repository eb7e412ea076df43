"""Whole requests and responses, as they are sent and seen, checked by the vendors' contracts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound import Message, Report
from support.paths import CASES
from support.tables import table

ORACLE = "https://servername.fa.us2.oraclecloud.com"
GROUPS = f"{ORACLE}/crmRestApi/resources/11.13.18.05/setupSalesCatalogs"
FORTELLIS = "https://api.fortellis.io/service/reference/v4/parts-groups/"
AXIM = "https://store.example.com/companyGroup/create"
CREATES = {"oracle-cx-sales": GROUPS, "fortellis": FORTELLIS, "axim-commerce": AXIM}
AUTHORIZED = {"Authorization": "Basic c2FsZXM6c2FsZXM="}
JSON = {"Content-Type": "application/json"}
ERRORS = {
    "plain text": ({"Content-Type": "text/plain"}, "Not today."),
    "HTML": ({"Content-Type": "text/html"}, "<p>Not today.</p>"),
    "no body": ({}, None),
    "another object": (JSON, '{"reason": "not today"}'),
}


def _case(name: str) -> str:
    folder, _, file = name.rpartition("/")
    return Path(CASES / "oracle-cx-sales" / folder / "valid" / f"{file}.json").read_text("utf-8")


def _answer(vendor: str, method: str, url: str, status: int, headers: Any, body: Any) -> Report:
    message = Message(method, url, headers, body, status)
    return fieldbound.api(vendor).check_response(message)


@pytest.mark.parametrize(
    ("status", "case"),
    [(200, "response.200/updated-by-upsert"), (201, "response.201/recorded-answer")],
)
def test_upsert_updates_or_creates(status, case):
    """A create with Upsert-Mode answers 200 where it has updated, 201 where it has created."""
    headers = {**AUTHORIZED, **JSON, "Upsert-Mode": "true"}
    group = json.dumps({"ProdGroupName": "Servers", "InternalName": "Servers"})
    request = Message("POST", GROUPS, headers, group)
    assert fieldbound.api("oracle-cx-sales").check_request(request).ok
    answer = _case(f"create-product-group/{case}")
    assert _answer("oracle-cx-sales", "POST", GROUPS, status, JSON, answer).ok


@pytest.mark.parametrize(
    ("version", "case"),
    [
        ("1", "children-in-arrays"),
        ("3", "children-in-collections"),
        ("9", "children-in-collections"),
    ],
)
def test_expanded_children_of_each_framework_version(version, case):
    """Expanded children are an array up to version 2 of the framework, a collection from 3 on."""
    url, headers = f"{GROUPS}/300100109717770", {"REST-Framework-Version": version}
    request = Message("GET", f"{url}?expand=all", {**AUTHORIZED, **headers})
    assert fieldbound.api("oracle-cx-sales").check_request(request).ok
    body = _case(f"get-product-group/response.200/{case}")
    assert _answer("oracle-cx-sales", "GET", url, 200, {**JSON, **headers}, body).ok


@table("base", ["crmRestApi/resources/11.13.18.05", "salesApi/resources/11.12.1.0"])
@table(
    ("rest", "operation"),
    [
        ("setupSalesCatalogs?limit=5", "list-product-groups"),
        ("setupSalesCatalogs/?limit=5", "list-product-groups"),
        ("setupSalesCatalogs/4711", "get-product-group"),
    ],
)
def test_reads_at_both_addresses(base, rest, operation):
    """Reads are taken at the address of older releases too, and with a slash before the query."""
    api, request = (
        fieldbound.api("oracle-cx-sales"),
        Message("GET", f"{ORACLE}/{base}/{rest}", AUTHORIZED),
    )
    assert api.check_request(request).ok
    assert api.operation_of(request) == operation


@table("vendor", CREATES)
@table("status", [400, 401, 403, 404, 409, 429, 500, 504])
@table("form", ERRORS)
def test_an_error_of_any_form_is_valid(vendor, status, form):
    """No page states the media types and the bodies of errors: other ones are not checked."""
    report = _answer(vendor, "POST", CREATES[vendor], status, *ERRORS[form])
    assert report.ok, list(report)
    assert form == "another object" or report.not_checked or ERRORS[form][1] is None


@pytest.mark.parametrize("form", ERRORS)
def test_errors_without_a_documented_body_are_not_checked(form):
    """A body of an error is not checked where the page shows neither media type nor body."""
    headers, body = ERRORS[form]
    report = _answer("axim-commerce", "POST", AXIM, 500, headers, body)
    assert report.ok
    assert ("/body" in report.not_checked) is (body is not None)


@pytest.mark.parametrize(
    ("vendor", "status"),
    [("fortellis", 401), ("fortellis", 429), ("fortellis", 504), ("oracle-cx-sales", 429)],
)
def test_errors_of_the_platform_are_expected(vendor, status):
    """The errors of a vendor's platform are documented for each of its operations."""
    body = '{"code": "QUOTA-EXCEEDED", "message": "Later."}'
    assert _answer(vendor, "POST", CREATES[vendor], status, JSON, body).ok
