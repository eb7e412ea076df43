"""The files of a set-up project: the table of the configuration, the hook, the CI job."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .survey import Survey

#: The most files of unknown payloads that are named.
_MAX_NAMED: Final = 5
HOOK: Final = """\
  - repo: local
    hooks:
      - id: fieldbound
        name: fieldbound
        entry: fieldbound check --skip-unmapped --
        language: system
        types_or: [json, yaml]
        require_serial: true
"""
CI_JOB: Final = """\
# GitHub Actions: .github/workflows/fieldbound.yml
jobs:
  fieldbound:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with: {{python-version: "3.x"}}
      - run: pip install fieldbound=={version}
      - run: fieldbound check
"""


def settings_text(survey: Survey, prefix: str) -> str:
    """Return the settings for what is in a project, as TOML; *prefix* is `tool.fieldbound.`."""
    lines = [f"[{prefix[:-1]}]"] if prefix else []
    lines.append("# Your editor checks this by: fieldbound schema --of config")
    if survey.folders:
        lines.append(f"folders = {json.dumps(survey.folders)}")
    if survey.recordings:  # checked once an API is named
        lines.append(f"# recordings = {json.dumps(_globs(survey.recordings))}")
    lines += ["", "# Which contract checks which files: `fieldbound contracts` has the names."]
    lines.append(f"[{prefix}files]")
    globs = list(_mapping(survey))
    lines += (f"{json.dumps(glob)} = {json.dumps(name)}" for glob, name in globs)
    unknown = [
        name
        for at, names in _by_folder(survey.unknown).items()
        for name in names
        if f"{at[0]}/*{at[1]}" not in dict(globs)
    ]
    lines += (f'# {json.dumps(each)} = "NAME"' for each in unknown[:_MAX_NAMED])
    if not globs and not unknown:
        lines.append('# "payloads/*.json" = "oracle-cx-sales/create-product-group"')
    if survey.recordings:
        lines += ["", "# Which API checks the recorded traffic of which hosts."]
        lines += [f"[{prefix}apis]", '# "api.example.com" = "NAME"']
    return "\n".join(lines) + "\n"


def _mapping(survey: Survey) -> Iterator[tuple[str, str]]:
    """Yield a glob for the payloads of a folder where most have one contract, else each file.

    The first glob that matches a file counts: the others of such a folder come before it.
    """
    for (folder, suffix), names in _by_folder(survey.payloads).items():
        contracts = Counter(survey.payloads[each] for each in names)
        contract, count = contracts.most_common(1)[0]
        unknown = len(_by_folder(survey.unknown).get((folder, suffix), ()))
        is_common = folder != "." and 2 * count > len(names) + unknown
        for each in names:
            if not is_common or survey.payloads[each] != contract:
                yield each, survey.payloads[each]
        if is_common:
            yield f"{folder}/*{suffix}", contract


def _by_folder(names: Iterable[str]) -> dict[tuple[str, str], list[str]]:
    """Return files by folder and suffix."""
    found: dict[tuple[str, str], list[str]] = {}
    for name in names:
        path = PurePosixPath(name)
        found.setdefault((str(path.parent), path.suffix), []).append(name)
    return found


def _globs(names: Sequence[str]) -> list[str]:
    """Return a glob for the files of each folder."""
    paths = map(PurePosixPath, names)
    return sorted({str(path.parent / f"*{path.suffix}") for path in paths})
