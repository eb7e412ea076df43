"""The JSON Schemas of what users write, in step with what is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from fieldbound.catalog import PRODUCT_SCHEMAS, product_schema, pyproject_schema
from fieldbound.catalog.bundled_folder import bundled_folder
from fieldbound.catalog.lint import _SOURCE_KEYS, EXTENSIONS
from fieldbound.config import BrokenConfig, parse_settings
from fieldbound.config.parse import ATTRIBUTES
from fieldbound.model import SAYS
from fieldbound.policy import LEVELS
from fieldbound.validation import KEYWORDS


@pytest.mark.parametrize("of", PRODUCT_SCHEMAS)
def test_schemas_are_of_draft_7(of: str) -> None:
    """Each is valid by its meta-schema, and has an $id, which validate-pyproject asks for."""
    schema = product_schema(of)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema["$id"].endswith(f"/{of}.schema.json")
    Draft7Validator.check_schema(schema)


def test_the_configuration_has_every_key() -> None:
    """Each key that is read has a description, and its values are those that are taken."""
    schema = pyproject_schema("fieldbound")
    assert schema == product_schema("config")
    properties = schema["properties"]
    assert properties.keys() == ATTRIBUTES.keys()
    assert all(each["description"] for each in properties.values())
    assert properties["fail-on"]["enum"] == list(SAYS)
    assert properties["severity"]["additionalProperties"]["enum"] == list(LEVELS)


TOML = [
    ('folders = ["contracts"]', True),
    ('fail-on = "stated"', True),
    ('[files]\n"a/*.json" = "acme/create-order"', True),
    ('recordings = ["*.har"]', True),
    ('[apis]\n"*.example.com" = "acme"', True),
    ('ignore = ["acme/create-order#/gift:enum", "*:maxLength"]', True),
    ('[per-file-ignores]\n"a.json" = ["*:maxLength"]', True),
    ("fail-on-unused-ignores = true", True),
    ('[severity]\n"acme/*:format" = "warning"', True),
    ('baseline = "known.json"', True),
    ('[overrides]\n"acme/create-order#/gift:maxLength" = {value = 5, date = "2026-11-20"}', True),
    ('[overrides]\n"acme/create-order#/gift:maxLength" = {removed = true, note = "x"}', True),
    ('[overrides]\n"acme/create-order#/gift:maxLength" = {vale = 5}', False),
    ('[overrides]\n"acme/create-order#/gift:maxLength" = {}', False),
    ('foldrs = ["contracts"]', False),
    ('folders = "contracts"', False),
    ('folders = [""]', False),
    ('fail-on = "state"', False),
    ('files = ["a"]', False),
    ('[files]\n"a" = ""', False),
    ('[apis]\n"a=b" = "acme"', False),
    ('[severity]\n"acme/*:format" = "warn"', False),
    ("baseline = 1", False),
    ('fail-on-unused-ignores = "true"', False),
    ('[per-file-ignores]\n"a.json" = "*:maxLength"', False),
]


@pytest.mark.parametrize(("text", "valid"), TOML)
def test_the_configuration_is_taken_as_it_is_read(text: str, valid: bool) -> None:
    """The schema and the reader agree on what is a configuration."""
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    file = Path("fieldbound.toml").absolute()
    try:
        parse_settings(text.encode(), file)
    except BrokenConfig:
        read = False
    else:
        read = True
    assert (read, Draft7Validator(product_schema("config")).is_valid(tomllib.loads(text))) == (
        valid,
        valid,
    )


def test_every_key_is_tried() -> None:
    """Each key of the configuration is in an example above."""
    assert {key for key in ATTRIBUTES if any(key in text for text, valid in TOML if valid)} == {
        *ATTRIBUTES
    }


def test_schema_files_have_every_keyword() -> None:
    """Each keyword and each extension is known to editors."""
    schema = product_schema("contract")["definitions"]
    assert {*schema["schema"]["properties"]} == KEYWORDS | {*EXTENSIONS}
    assert {*schema["source"]["properties"]} == {*_SOURCE_KEYS}
    assert schema["source"]["properties"]["says"]["enum"] == list(SAYS)


def bundled(name: str | None) -> list[tuple[str, Any]]:
    """Return the bundled files of a name, or those of schemas."""
    return [
        (path.name, json.loads(path.read_text("utf-8")))
        for path in sorted(bundled_folder().rglob("*.json"))
        if (path.name == name if name else path.stem not in ("openapi", "sources"))
    ]


@pytest.mark.parametrize(("of", "name"), [("contract", None), ("sources", "sources.json")])
def test_bundled_files_are_valid(of: str, name: str | None) -> None:
    """What is shipped is as the schemas say."""
    validator = Draft7Validator(product_schema(of))
    found = bundled(name)
    assert found
    for file, value in found:
        assert not list(validator.iter_errors(value)), file


@pytest.mark.parametrize(
    "schema",
    [
        {"maxLenght": 5},
        {"type": "str"},
        {"properties": {"a": {"x-source": {"says": "said", "from": ["a"]}}}},
        {"x-source": {"says": "stated"}},
        {"required": "a"},
        {"maxLength": -1},
    ],
)
def test_mistakes_in_schema_files_are_found(schema: dict[str, Any]) -> None:
    """An editor marks a misspelt keyword, an unknown type, and a source that is not complete."""
    assert not Draft7Validator(product_schema("contract")).is_valid(schema)
