"""The codes of violations: what each means, and how it is mended."""

from __future__ import annotations

from typing import Final, NamedTuple


class CodeDescription(NamedTuple):
    """What a code *means*, and what to do about it: *mending*."""

    meaning: str
    mending: str


_NAME: Final = "Correct the name, or remove the property. The hint has the name that was meant."
_SPLIT: Final = "Leave out the items that are not needed, or send them in several requests."
_MORE: Final = "Add what is missing, or leave the value out where it is optional."

#: Each code of a violation. A code is a keyword of JSON Schema, or names an error of the text.
CODES: Final[dict[str, CodeDescription]] = {
    code: CodeDescription(*texts)
    for code, texts in {
        "type": ("The value has another JSON type.", "Send the type named. A string is quoted."),
        "enum": ("The value is none of those listed.", "Send one of the values, in this spelling."),
        "const": ("The value is not the one allowed.", "Send the value named."),
        "required": ("A property is missing.", "Add it. null counts as present."),
        "dependentRequired": (
            "A property is missing that another one requires.",
            "Add it, or remove the other one.",
        ),
        "dependencies": (
            "As `dependentRequired`, in drafts 4 to 7.",
            "Add it, or remove the other one.",
        ),
        "readOnly": (
            "The server sets the property; a request may not.",
            "Remove it from the request.",
        ),
        "writeOnly": ("The property may be sent, not answered.", "Remove it from the response."),
        "additionalProperties": ("The property is not documented.", _NAME),
        "unevaluatedProperties": ("The property is not documented.", _NAME),
        "propertyNames": ("The name of a property is not allowed.", "Rename the property."),
        "maxProperties": ("The object has too many properties.", "Remove properties."),
        "minProperties": ("The object has too few properties.", _MORE),
        "maxLength": (
            "The string is too long, in code points.",
            "Shorten it. Nothing is trimmed for you.",
        ),
        "minLength": ("The string is too short, in code points.", _MORE),
        "pattern": (
            "The string does not match the regular expression.",
            "Write it as the pattern demands. The message names the first character at fault.",
        ),
        "format": ("The string is not of the format.", "Write it in the format named."),
        "contentEncoding": ("The string is not encoded so.", "Encode it, as base64 for example."),
        "contentMediaType": ("The string does not hold that.", "Send text of that media type."),
        "maximum": ("The number is too large.", "Send a smaller one."),
        "exclusiveMaximum": ("The number reaches the bound.", "Send a smaller one."),
        "minimum": ("The number is too small.", "Send a larger one."),
        "exclusiveMinimum": ("The number reaches the bound.", "Send a larger one."),
        "multipleOf": ("The number is not a multiple.", "Round it to the step named."),
        "maxItems": ("The array has too many items.", _SPLIT),
        "minItems": ("The array has too few items.", _MORE),
        "uniqueItems": ("Two items of the array are equal.", "Remove the duplicates."),
        "items": ("The array has an item too many.", _SPLIT),
        "additionalItems": ("As `items`, in drafts 4 to 2019-09.", _SPLIT),
        "unevaluatedItems": ("The array has an item that no keyword allows.", _SPLIT),
        "contains": ("No item of the array is as demanded.", "Add one that is."),
        "minContains": ("Too few items of the array are as demanded.", "Add more that are."),
        "maxContains": ("Too many items of the array are as described.", "Remove some of them."),
        "anyOf": (
            "The value fits none of the alternatives, and none of them is closest.",
            "Choose one, and keep to it.",
        ),
        "oneOf": (
            "The value fits none of the alternatives, or several.",
            "Choose one, and leave out what belongs to the others.",
        ),
        "not": ("The value is ruled out.", "Remove it, or change what the message names."),
        "syntax": ("The text is not JSON, or not YAML.", "Correct it at the place named."),
        "encoding": ("The text is not UTF-8.", "Save it as UTF-8."),
        "byteOrderMark": ("The text starts with a byte order mark.", "Save it without one."),
        "duplicateKey": ("An object has a key twice.", "Keep one of them."),
        "nonFinite": ("NaN or Infinity, which JSON does not have.", "Use null, or remove it."),
        "loneSurrogate": (
            "Half of a surrogate pair, which is no character.",
            "Write the character whole. Often a string was cut in its middle.",
        ),
        "trailingData": (
            "Text follows the end of the document.",
            "Remove it, or name the file `.ndjson` if it has a value per line.",
        ),
        "depth": ("Values are nested too deeply.", "Flatten the document."),
    }.items()
}
