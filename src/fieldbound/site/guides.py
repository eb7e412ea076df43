"""The guides: Markdown files of the package, one per topic, and the reference of its API."""

from __future__ import annotations

from importlib.resources import files
from typing import Final, NamedTuple

from fieldbound.model import FieldboundError, closest_name

#: The reference that is made from docstrings: the only topic without a file.
_API: Final = "api"
#: Each topic in the order of reading, and what it is for.
TOPICS: Final[dict[str, str]] = {
    "import": "make contracts of what a vendor gives: describe documents and other files",
    "your-own-vendor": "write down what a vendor documents that does not come with fieldbound",
    "library": "check payloads in a program",
    "property-tests": "test code that builds payloads, and measure which limits tests reach",
    "http": "check requests and responses in clients and in tests",
    "recordings": "check recorded HTTP traffic: HAR, cassettes, logs",
    "records": "check millions of records: NDJSON, CSV, Parquet, Spark",
    "ci": "GitHub, GitLab, Jenkins and pre-commit; output formats and exit codes",
    "configuration": "every setting of pyproject.toml, pytest and the environment",
    "messages": "every code and message, and what to do about it",
    "how-a-check-works": "what is checked and what is not",
    "comparison": "other tools, and measured figures",
    "troubleshooting": "what is said when something cannot be checked, and what to do",
    "security": "secrets, the network and hostile input",
    "changelog": "what changed for users",
    _API: "the public names of the library",
}


class Guide(NamedTuple):
    """A guide: its *topic*, its *title*, and its *text* in Markdown."""

    topic: str
    title: str
    text: str


def guide(topic: str) -> Guide:
    """Return the guide of a topic. Raises FieldboundError for a topic that there is not."""
    if topic not in TOPICS:
        meant = closest_name(topic, TOPICS)
        advice = f"did you mean {meant}?" if meant else f"must be one of {', '.join(TOPICS)}"
        raise FieldboundError(f"there is no guide {topic!r}; {advice}")
    if topic == _API:
        from .api_reference import api_reference

        text = api_reference()
    else:
        text = (files("fieldbound") / "guides" / f"{topic}.md").read_text("utf-8")
    title, _, _ = text.removeprefix("# ").partition("\n")
    return Guide(topic, title, text)
