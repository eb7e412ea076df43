"""The address of a source is a link in an output only if it is a web address."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest

from fieldbound import Contract
from fieldbound.coverage import Coverage
from fieldbound.model import BulkReport, LimitTally, Sample, Source, escaped
from fieldbound.render import Style, coverage_html, render, render_bulk
from support.tables import table

LINKED = (
    "https://docs.example/a/b?c=d&e='f'#g",
    "HTTP://docs.example",
    "https://[::1]:8080/a",
    "https://docs.example/名",
)
NOT_LINKED = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//https://docs.example/",
    "java\tscript:alert(1)",
    " https://docs.example/",
    "\x01https://docs.example/",
    "https://docs.example/a\njavascript:alert(1)",
    'https://docs.example/"onclick="alert(1)',
    "https://docs.example/##[error]",
    "https:docs.example",
    "https:///a",
    "https://",
    "https:\\\\docs.example",
    "//docs.example/a",
    "data:text/html,a",
    "vbscript:a",
    "file:///etc/passwd",
    "ftp://docs.example/a",
    "page 7",
    "",
)


def outputs(address: str) -> tuple[str, str, str, str]:
    """Return a report in text and SARIF, a bulk report and limit coverage in HTML."""
    schema = {
        "maxLength": 1,
        "x-source": {"says": "stated", "from": ["page"]},
        "x-sources": {"page": {"title": "A page", "address": address}},
    }
    contract = Contract(schema, name="c")
    report = contract.check("ab")
    (violation,) = report
    assert violation.limit is not None
    tally = LimitTally("maxLength", violation.limit, "stated", 1, 1, 1, (Sample(1, violation),))
    bulk = BulkReport("c", "a.ndjson", 1, 1, (tally,), ((1, 1),))
    coverage = Coverage()
    coverage.add_contract(contract)
    return (
        "".join(render("text", [report], Style())),
        "".join(render("sarif", [report], Style())),
        "".join(render_bulk("html", [bulk], Style())),
        coverage_html(coverage),
    )


def links(page: str) -> list[str | None]:
    """Return where the links of an HTML page lead that are not within it."""
    found: list[str | None] = []

    def add(_: str, attributes: list[tuple[str, str | None]]) -> None:
        found.extend(value for name, value in attributes if name in ("href", "src", "action"))

    parser = HTMLParser()
    parser.handle_starttag = add  # type: ignore[method-assign]
    parser.feed(page)
    return [each for each in found if each is None or not each.startswith("#")]


@pytest.mark.parametrize("address", LINKED)
def test_web_addresses_are_links(address: str) -> None:
    """An absolute URL of http or https is a link in HTML, and the help URI in SARIF."""
    text, sarif, *pages = outputs(address)
    assert f'stated in "A page", {address}' in text
    (rule,) = json.loads(sarif)["runs"][0]["tool"]["driver"]["rules"]
    assert rule["helpUri"] == address
    for page in pages:
        assert links(page) == [address]


@table("address", NOT_LINKED)
def test_other_addresses_are_text(address: str) -> None:
    """Any other address is no link in any output; where addresses are shown, it is text."""
    text, sarif, *pages = outputs(address)
    assert 'stated in "A page"' + (f", {escaped(address)}" if address else "") in text
    (rule,) = json.loads(sarif)["runs"][0]["tool"]["driver"]["rules"]
    assert "helpUri" not in rule
    for page in pages:
        assert links(page) == []
        assert "A page" in page


@pytest.mark.parametrize("key", ["javascript:alert(1)", "https:///a", "HTTPS://docs.example"])
def test_a_source_may_be_named_by_its_web_address(key: str) -> None:
    """A source that is named by a web address has that address; any other key is a name."""
    contract = Contract({"maxLength": 1, "x-source": {"says": "stated", "from": [key]}}, name="c")
    (limit,) = contract.limits
    address = key if key.startswith("HTTPS") else None
    assert limit.sources == (Source(key, key, address),)
