"""Patterns of ECMA-262 and texts to match, and other implementations of the standard."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence

import regress
from hypothesis import strategies as st

#: What is between two quantifiers: characters, escapes and classes.
ATOMS = (
    *("a", "b", "c", "A", "_", "-", "1", " ", "é", "k", "K", "\n", "\ufeff", ".", "&"),
    *("\\n", "\\r", "\\t", "\\v", "\\f", "(?:\\0)", "\\cJ", "\\x41", "\\u00e9", "\\u2028", "\\/"),
    *("\\u{1F600}", "\\ud83d\\ude00", "\\.", "\\$", "\\(", "\\d", "\\D", "\\w", "\\W", "\\s"),
    *("\\S", "[ab]", "[^a]", "[a-c]", "[^]", "[]", "[\\b]", "[\\w-]", "[^\\ud800-\\udfff]"),
    *("[a&&b]", "[\\d\\s]", "[^\\W_]", "[\\-\\]]", "[[]", "[\\^&~]", "[^\\n\\r\\u2028\\u2029]"),
    *("\\p{L}", "\\P{Lu}", "\\p{Script=Greek}", "[\\p{L}\\d]", "[^\\p{L}]", "\\p{ASCII}"),
)
ASSERTIONS = ("^", "$", "\\b", "\\B")
QUANTIFIERS = ("*", "+", "?", "{2}", "{1,2}", "{0}", "{2,}", "{0,3}")
LOOKAROUNDS = ("(?=", "(?!", "(?<=", "(?<!")
CHARACTERS = (
    "aabbcckKA1_- \n\r\u2028\u2029\ufeff\u0085\xa0é\U0001f600\u03b1\u017fK\0\x08\t]&[~^$/(٣"
)

TEXTS = st.text(st.sampled_from(CHARACTERS), max_size=7)

_ATOM = st.sampled_from(ATOMS)


def _joined(parts: st.SearchStrategy[str], most: int = 3) -> st.SearchStrategy[str]:
    return st.lists(parts, min_size=1, max_size=most).map("".join)


def _quantified(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs, lazy = st.sampled_from(QUANTIFIERS), st.sampled_from(("", "", "?"))
    return st.tuples(part, signs, lazy).map("".join)


#: What nothing repeats within: no implementation backtracks exponentially.
_PLAIN = _joined(st.one_of(_ATOM, _ATOM, st.sampled_from(ASSERTIONS)))
_CHOICE = st.tuples(_PLAIN, _PLAIN).map(lambda pair: f"(?:{pair[0]}|{pair[1]})")
_REPEATED = _quantified(st.one_of(_ATOM, _PLAIN.map("(?:{})".format), _CHOICE))
_PIECE = st.one_of(_ATOM, st.sampled_from(ASSERTIONS), _REPEATED, _CHOICE)
_LOOKAROUND = st.tuples(st.sampled_from(LOOKAROUNDS), _joined(_PIECE)).map(
    lambda pair: f"{pair[0]}{pair[1]})"
)
_GROUP = st.one_of(_joined(_PIECE, 2).map("({})".format), _CHOICE.map("({})?".format))
_REFERENCES = st.sampled_from(("\\1", "\\2", "\\1?", "(?:\\1|c)", "(?=\\2)"))


def _edged(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    start, end = st.sampled_from(("", "^")), st.sampled_from(("", "$"))
    return st.tuples(start, _joined(parts, 4), end).map("".join)


#: Patterns that a finite automaton can match, those with lookarounds, and with back references.
REGULAR = _edged(_PIECE)
WITH_LOOKAROUNDS = _edged(st.one_of(_PIECE, _LOOKAROUND))
WITH_REFERENCES = st.tuples(
    st.sampled_from(("^", "")),
    _GROUP,
    _joined(st.one_of(_PIECE, _LOOKAROUND, _GROUP, _REFERENCES)),
    st.sampled_from(("(b?)", "(?:(a)|b)*\\2", "(?<=(a)\\1)(b)?", "(b)\\2$")),
).map("".join)


def regress_matches(pattern: str, text: str, flags: str = "u") -> bool:
    """Return whether a text has a match by the regress package."""
    return regress.Regex(pattern, flags).find(text) is not None


def node() -> str | None:
    """Return the path of Node.js, None where there is none."""
    return shutil.which("node")


def node_matches(pairs: Sequence[tuple[str, str]], flags: str = "u") -> list[bool | None]:
    """Return of each pattern and text whether it matches by Node.js, None for no pattern."""
    code = (
        "const read = JSON.parse(require('fs').readFileSync(0));"
        "console.log(JSON.stringify(read.map(([p, t]) => {"
        f"try {{ return new RegExp(p, '{flags}').test(t) }} catch (e) {{ return null }} }})))"
    )
    done = subprocess.run(
        [str(node()), "-e", code],
        input=json.dumps(pairs),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[bool | None] = json.loads(done.stdout)
    return found
