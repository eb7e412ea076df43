"""The page of a vendor: made from its contracts, and in step with them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

import fieldbound
from fieldbound.catalog import lint_paths
from fieldbound.site import vendor_page
from support.paths import SCHEMAS

VENDORS = [
    pytest.param(each.name, marks=pytest.mark.thorough if each.name == "oracle-cx-sales" else ())
    for each in sorted(SCHEMAS.iterdir())
    if each.is_dir()
]


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_page_is_in_step(vendor: str) -> None:
    """The README of a bundled vendor is what `fieldbound docs --vendor` prints."""
    text = (SCHEMAS / vendor / "README.md").read_text("utf-8")
    assert text == vendor_page(vendor), f"run: fieldbound docs --vendor {vendor}"


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_is_in_the_page(vendor: str) -> None:
    """Every operation, every field, every reason that something is not checked, every note."""
    text = (SCHEMAS / vendor / "README.md").read_text("utf-8")
    plain = re.sub(r"\\(.)", r"\1", text)
    names = [each for each in fieldbound.contracts() if each.startswith(f"{vendor}/")]
    for name in names:
        contract = fieldbound.contract(name)
        assert f"`{name.split('/')[1]}`" in text
        for field in contract.fields:
            assert not field.name or f"{field.name}`" in text, f"{name}: {field.pointer}"
        for reason in contract.unspecified.values():
            assert reason in plain
        for limit in contract.limits:
            assert not limit.note or not limit.sources or limit.note in plain


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_page_is_markdown(vendor: str) -> None:
    """Each table is one, and each source with an address is a link."""
    text = (SCHEMAS / vendor / "README.md").read_text("utf-8")
    html = MarkdownIt("commonmark").enable("table").render(text)
    assert html.count("<table>") == len(re.findall(r"^\| ---", text, re.MULTILINE)) > 5
    rows = re.findall(r"<tr>\n(.*?)</tr>", html, re.DOTALL)
    assert not [row for row in rows if "| " in re.sub(r"<code>.*?</code>", "", row)]
    assert html.count('<a href="https://') > 50


def test_the_page_of_an_own_vendor(tmp_path: Path) -> None:
    """Texts of a contract are no Markdown; loaders and the lint ignore the file."""
    vendor = tmp_path / "contracts" / "acme"
    vendor.mkdir(parents=True)
    (vendor / "openapi.yaml").write_text(
        """\
openapi: 3.1.0
info: {title: Orders, version: "1"}
paths:
  /o:
    post:
      operationId: createOrder
      summary: Create | <b>an order</b>
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                a|b: {type: string, title: "*A* [b]", maxLength: 5, default: "|"}
                inner: {type: object, properties: {c: {type: integer}}}
              required: [inner]
              x-source: {says: stated, from: page}
      responses: {"201": {description: Created}}
"""
    )
    (vendor / "sources.json").write_text('{"page": {"title": "A page", "read": "2026-02-03"}}')
    page = vendor_page("acme", vendor.parent)
    assert "| `create-order` | Create \\| \\<b\\>an order\\</b\\> | `POST /o` | 201 |" in page
    assert '| `a\\|b` | \\*A\\* \\[b\\] | string |  | `maxLength 5` | `"\\|"` |' in page
    assert "| `inner/c` |  | integer |" in page
    (vendor / "README.md").write_text(page, "utf-8")
    assert lint_paths([vendor]).diagnostics == ()
    assert vendor_page("acme", vendor.parent) == page
