"""Strings that would do harm if an output showed them unescaped."""

HOSTILE = (
    "\x1b[31mred",
    "\x1b]0;title\x07",
    "\x9b2J",
    "a\nb",
    "a\r\n::error::b",
    "a\x00b",
    "a\u2028b\x85c",
    "\u202egnp.exe",
    "\ud800",
    "\ufffe\uffff",
    "\x7f",
    "]]><a/>&amp;\"'",
    "%0A,file=b::",
)
