"""Where the project's files are, for tests that read them."""

from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parent
CASES = TESTS / "cases"
SCHEMAS = ROOT / "schemas"
