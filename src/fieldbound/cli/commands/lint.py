"""`fieldbound lint`: check contracts of your own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fieldbound.cli.console import write_stdout

if TYPE_CHECKING:
    import argparse

    from fieldbound.cli.console import Console

DESCRIPTION: Final = """\
Check contracts of your own, and report every mistake in them at its file, line
and column. PATH is a contracts folder, the folder of one vendor, any other
folder with schemas in it, a JSON Schema, or an OpenAPI document, as JSON or YAML.

Errors are limits that are lost or wrong: keywords, types and names that are
misspelt, bad patterns, contradictions, limits that reject nothing, references
that lead nowhere. Warnings are what may be meant as it is. `fieldbound explain
CODE` says what a code means. In a vendor's folder, unknown keywords and sources
are errors, too.

Exit code: 0 no errors; 1 errors, or warnings with --strict; 2 usage error, or
nothing to check.
"""
#: No --folder is added.
USES_CONTRACTS: Final = False
EXAMPLE: Final = "example: fieldbound lint contracts schemas/order.json openapi.yaml"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments and options of the command."""
    add = parser.add_argument
    add("paths", nargs="+", metavar="PATH", help="file or folder to check")
    add("--strict", action="store_true", help="fail for warnings, too")
    add(
        "--format",
        choices=("text", "json"),
        default="text",
        help="output format (default: text)",
    )


def run(args: argparse.Namespace, console: Console) -> int:
    """Check contracts, and report every mistake in them."""
    from fieldbound.catalog import lint_paths
    from fieldbound.render import lint_json, lint_text

    result = lint_paths(args.paths)
    for error in result.errors:
        console.error(str(error))
    if result.skipped:
        console.note(f"skipped (no schema): {', '.join(result.skipped)}")
    if args.format == "json":
        write_stdout(lint_json(result.diagnostics, result.files, console.problems))
    elif result.files:
        for line in lint_text(result.diagnostics, result.files):
            write_stdout(line)
    fails = any(each.is_error or args.strict for each in result.diagnostics)
    return int(fails)
