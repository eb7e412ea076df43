"""A contract, a schema or an API goes in, Hypothesis strategies for what it takes come out."""

from __future__ import annotations

from .drawing import from_schema, invalid, valid
from .messaging import invalid_requests, requests, responses

__all__ = ["from_schema", "invalid", "invalid_requests", "requests", "responses", "valid"]
