"""The adapter of requests that checks exchanges by a Guard."""

from __future__ import annotations

from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from fieldbound.http.guard import Guard


class Adapter(BaseAdapter):
    """Sends by another adapter; a guard checks requests and responses."""

    def __init__(self, guard: Guard, inner: BaseAdapter | None = None) -> None:
        super().__init__()
        self.guard = guard
        self.inner = HTTPAdapter() if inner is None else inner

    def send(
        self, request: requests.PreparedRequest, stream: bool = False, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """Check and send a request; check and return the response, read unless it is a stream."""
        self.guard.check_request(request)
        response = self.inner.send(request, stream, *args, **kwargs)
        try:
            if not stream:
                self._read(response, request)
            self.guard.check_response(response, request)
        except BaseException:
            response.close()
            raise
        return response

    def _read(self, response: requests.Response, request: requests.PreparedRequest) -> None:
        """Read the body, as the session will do next."""
        try:
            _ = response.content
        except Exception:
            self.guard.record_failure(response, request)
            raise

    def close(self) -> None:
        """Close the inner adapter."""
        self.inner.close()
