r"""Parts of valid patterns that ECMA-262, which JSON Schema names, reads unlike other dialects.

What ECMA-262 rejects is an error of its own. Only what any text shows is named here: not `\d` or
`$`, which differ for rare ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_WORD_START = "GNU tools read it as the start of a word: write \\b, or < alone"
_WORD_END = "GNU tools read it as the end of a word: write \\b, or > alone"
_NO_CLASS = "most other dialects read ] as the first character of a class"
#: The parts that are told, outside of a class: how others read them.
_OUTSIDE: Final = {
    "\\<": f"ECMA-262 reads it as <; {_WORD_START}",
    "\\>": f"ECMA-262 reads it as >; {_WORD_END}",
    "\\`": "ECMA-262 reads it as `; GNU tools as the start of the text: write ^, or ` alone",
    "\\'": "ECMA-262 reads it as '; GNU tools as the end of the text: write $, or ' alone",
    "[]": f"ECMA-262 reads it as a class that nothing matches; {_NO_CLASS}",
    "[^]": f"ECMA-262 reads it as any character; {_NO_CLASS}",
}
#: An escape, an empty class, a class with the start of an intersection, another class.
_PART: Final = re.compile(
    r"\\[\s\S]|\[\^?\]|\[(?:\\[\s\S]|[^\]\\])*?&&\[|\[(?:\\[\s\S]|[^\]\\])*\]", re.DOTALL
)


def dialect_differences(pattern: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a pattern that other dialects read otherwise, each once, with how."""
    for part in dict.fromkeys(_PART.findall(pattern)):
        if part in _OUTSIDE:
            yield part, _OUTSIDE[part]
        elif part.endswith("&&["):
            yield "&&[", "ECMA-262 reads it as these characters; Java and Ruby as an intersection"
