"""What is known of a whole schema, apart from what finds it out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Survey(NamedTuple):
    """What has to be known of a whole schema before instances are checked.

    Whether it is *recursive*, what is *unspecified* by pointer and reason, the pointers of
    *sensitive* values, whether it is *unconstrained*: it has no limit at all, and by pointer and
    reason what is *not_checked*, and what is *broken* in the schema itself.
    """

    recursive: bool
    unspecified: Mapping[str, str]
    sensitive: tuple[str, ...]
    unconstrained: bool
    not_checked: Mapping[str, str]
    broken: Mapping[str, str]
