"""Check the rows of Spark DataFrames where they are."""

from .bulk.spark import Checked, check

__all__ = ["Checked", "check"]
