r"""The Unicode properties of `\p{...}`: their names in ECMA-262, and the code points they have.

The code points are those of the engine, so that all of fieldbound reads one version of Unicode.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Callable
from functools import cache
from typing import Final

import jsonschema_rs

from .code_points import ANY_CHARACTER, LAST_CODE_POINT, Ranges, merged

_CATEGORIES: Final = (
    "C Other Cc Control cntrl Cf Format Cn Unassigned Co Private_Use Cs Surrogate L Letter "
    "LC Cased_Letter Ll Lowercase_Letter Lm Modifier_Letter Lo Other_Letter Lt Titlecase_Letter "
    "Lu Uppercase_Letter M Mark Combining_Mark Mc Spacing_Mark Me Enclosing_Mark "
    "Mn Nonspacing_Mark N Number Nd Decimal_Number digit Nl Letter_Number No Other_Number "
    "P Punctuation punct Pc Connector_Punctuation Pd Dash_Punctuation Pe Close_Punctuation "
    "Pf Final_Punctuation Pi Initial_Punctuation Po Other_Punctuation Ps Open_Punctuation "
    "S Symbol Sc Currency_Symbol Sk Modifier_Symbol Sm Math_Symbol So Other_Symbol "
    "Z Separator Zl Line_Separator Zp Paragraph_Separator Zs Space_Separator"
)
_BINARY: Final = (
    "ASCII ASCII_Hex_Digit AHex Alphabetic Alpha Any Assigned Bidi_Control Bidi_C Bidi_Mirrored "
    "Bidi_M Case_Ignorable CI Cased Changes_When_Casefolded CWCF Changes_When_Casemapped CWCM "
    "Changes_When_Lowercased CWL Changes_When_NFKC_Casefolded CWKCF Changes_When_Titlecased CWT "
    "Changes_When_Uppercased CWU Dash Default_Ignorable_Code_Point DI Deprecated Dep Diacritic Dia "
    "Emoji Emoji_Component EComp Emoji_Modifier EMod Emoji_Modifier_Base EBase "
    "Emoji_Presentation EPres Extended_Pictographic ExtPict Extender Ext Grapheme_Base Gr_Base "
    "Grapheme_Extend Gr_Ext Hex_Digit Hex IDS_Binary_Operator IDSB IDS_Trinary_Operator IDST "
    "ID_Continue IDC ID_Start IDS Ideographic Ideo Join_Control Join_C Logical_Order_Exception LOE "
    "Lowercase Lower Math Noncharacter_Code_Point NChar Pattern_Syntax Pat_Syn "
    "Pattern_White_Space Pat_WS Quotation_Mark QMark Radical Regional_Indicator RI "
    "Sentence_Terminal STerm Soft_Dotted SD Terminal_Punctuation Term Unified_Ideograph UIdeo "
    "Uppercase Upper Variation_Selector VS White_Space space XID_Continue XIDC XID_Start XIDS"
)
_CATEGORY_NAMES: Final = frozenset(_CATEGORIES.split())
_LONE_NAMES: Final = _CATEGORY_NAMES | frozenset(_BINARY.split())
_KEYS: Final = {
    **dict.fromkeys(("General_Category", "gc"), "General_Category"),
    **dict.fromkeys(("Script", "sc"), "Script"),
    **dict.fromkeys(("Script_Extensions", "scx"), "Script_Extensions"),
}
#: How names of scripts are written. Which there are, the engine knows.
_SCRIPT: Final = re.compile(r"[A-Z][a-z]+(_[A-Z][a-z]*)*|SignWriting")
#: The code points that are asked about at once.
_BLOCK: Final = 8192
_SURROGATE: Final = frozenset(("Cs", "Surrogate"))


def property_name(text: str) -> str | None:
    """Return a property as the engine writes it, None where ECMA-262 has none of that name."""
    key, equals, value = text.partition("=")
    if not equals:
        return text if text in _LONE_NAMES else None
    name = _KEYS.get(key)
    if name == "General_Category":
        return value if value in _CATEGORY_NAMES else None
    return f"{name}={value}" if name and _SCRIPT.fullmatch(value) else None


@cache
def is_supported(name: str) -> bool:
    """Return whether the engine knows a property."""
    try:
        property_ranges(name)
    except ValueError:
        return False
    return True


@cache
def property_ranges(name: str) -> Ranges:
    """Return the code points that have a property. Raises ValueError where the engine has none."""
    if name in _SURROGATE:
        return ()
    options = jsonschema_rs.RegexOptions()
    all_have, none_has = (
        jsonschema_rs.validator_for(
            {"pattern": f"^\\{letter}{{{name}}}*$"}, offline=True, pattern_options=options
        ).is_valid
        for letter in "pP"
    )
    found: list[tuple[int, int]] = []
    for first, last in ANY_CHARACTER:
        for low in range(first, last + 1, _BLOCK):
            found += _search(low, min(low + _BLOCK - 1, last), all_have, none_has)
    return merged(found)


@cache
def _every_code_point() -> str:
    everything = array("I", range(LAST_CODE_POINT + 1)).tobytes()
    return everything.decode(f"utf-32-{sys.byteorder[0]}e", "surrogatepass")


def _search(
    low: int, high: int, all_have: Callable[[str], bool], none_has: Callable[[str], bool]
) -> list[tuple[int, int]]:
    """Return the code points of a range that have a property, by halving it."""
    text = _every_code_point()[low : high + 1]
    if all_have(text):
        return [(low, high)]
    if none_has(text):
        return []
    middle = (low + high) // 2
    return [
        *_search(low, middle, all_have, none_has),
        *_search(middle + 1, high, all_have, none_has),
    ]
