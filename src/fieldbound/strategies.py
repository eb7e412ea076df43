"""Hypothesis strategies for the instances and messages of a contract, a schema or an API."""

from __future__ import annotations

from .generation import from_schema, invalid, invalid_requests, requests, responses, valid

__all__ = ["from_schema", "invalid", "invalid_requests", "requests", "responses", "valid"]
