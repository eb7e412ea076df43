"""A contract, a schema or an API goes in, Hypothesis strategies for what it takes come out."""

from __future__ import annotations

from .generation import from_schema, invalid, invalid_requests, requests, responses, valid

__all__ = ["from_schema", "invalid", "invalid_requests", "requests", "responses", "valid"]
