"""The codes of the lint: what each means, and how it is mended."""

from __future__ import annotations

from typing import Final

from fieldbound.model import CodeDescription

#: Each code of a diagnostic that is not the code of a violation, too.
LINT_CODES: Final[dict[str, CodeDescription]] = {
    code: CodeDescription(*texts)
    for code, texts in {
        "no-schema": (
            "Something that is neither an object nor a boolean stands where a schema must.",
            "Write a JSON Schema there, such as {}.",
        ),
        "unknown-draft": (
            "$schema names no draft that is supported.",
            "Write draft 4, 6, 7, 2019-09 or 2020-12.",
        ),
        "unknown-type": (
            "type is none of the types of JSON.",
            "Write string, number, integer, boolean, object, array or null.",
        ),
        "invalid-keyword": (
            "The value of a keyword is one that the draft does not allow.",
            "Write the value as the message demands.",
        ),
        "invalid-pattern": (
            "A pattern is no regular expression of ECMA-262, which JSON Schema names.",
            "Write the part that the message names as ECMA-262 has it.",
        ),
        "unknown-keyword": (
            "No draft has the keyword: it limits nothing.",
            "Correct its spelling; start the name of an annotation with x-.",
        ),
        "ignored-keyword": (
            "The draft of the schema ignores the keyword: it limits nothing.",
            "Name a later draft in $schema, or write it as this draft has it.",
        ),
        "nullable-without-effect": (
            "By OpenAPI 3.0 a keyword beside nullable: true refuses null nevertheless.",
            "Write a type beside it, null in the enum, or null as an alternative of its own.",
        ),
        "format-not-enforced": (
            "No check is known for the format in this draft: every text passes.",
            "Correct its name, or add a pattern.",
        ),
        "invalid-source": (
            "The source of a limit is incomplete, or names what is not there.",
            "Give says and from; from names keys of sources.json, of names keywords.",
        ),
        "impossible-name": (
            "A required property is one that additionalProperties: false rejects.",
            "Correct the name, or add the property: nothing is valid until then.",
        ),
        "misspelt-name": (
            "A required property is not described, and one of a similar name is.",
            "Correct the name, or describe the property.",
        ),
        "contradiction": (
            "The limits of a schema contradict each other: no value satisfies it.",
            "Change one of the keywords that the message names.",
        ),
        "unreachable-limit": (
            "A keyword is about values that the schema does not allow: it rejects nothing.",
            "Correct the type, or remove the keyword.",
        ),
        "no-type": (
            "A limit of strings or numbers stands without a type: any other value passes.",
            "Add the type.",
        ),
        "no-constraints": (
            "A schema has no limit at all: every document passes.",
            "Add the limits, or say what is not documented with x-unspecified.",
        ),
        "pattern-dialect": (
            "Other dialects of regular expressions read a part of the pattern otherwise.",
            "Write the part so that every dialect reads the same.",
        ),
        "unresolved-reference": (
            "A $ref leads nowhere, in a circle, or out of the project.",
            "Correct it. Nothing is fetched: save the document beside the schema.",
        ),
        "discriminator": (
            "A discriminator of OpenAPI is not complete, or its mapping leads nowhere.",
            "Name the property, and schemas that are there.",
        ),
        "invalid-openapi": (
            "An object of an OpenAPI document is not as OpenAPI has it.",
            "Correct the key or the value that the message names.",
        ),
        "broken-contract": (
            "A contract cannot be made of the schemas.",
            "Correct what the message names.",
        ),
    }.items()
}
