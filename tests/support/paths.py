"""Where the project's files are, for tests that read them."""

import os
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parent
CASES = TESTS / "cases"
SCHEMAS = ROOT / "schemas"
#: A checkout of the source; the tests may run without one.
SOURCE = Path(os.environ.get("FIELDBOUND_SOURCE", ROOT))
