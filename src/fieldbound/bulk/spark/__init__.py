"""Rows of Spark: a DataFrame of violations, and a report of all rows.

Needs the extra `spark`, and fieldbound installed where Spark runs its Python workers: each checks
the rows of its partitions. Only counts are collected at the driver, never rows.
"""

from .data_frames import Checked as Checked, check as check

__all__ = ["Checked", "check"]
