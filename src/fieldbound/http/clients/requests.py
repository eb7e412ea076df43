"""A Guard goes in, the adapter of requests that shows it every exchange comes out."""

from __future__ import annotations

from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from fieldbound.http.guard import Guard


class Adapter(BaseAdapter):
    """Sends by another adapter, and shows a guard what is sent and what is answered."""

    def __init__(self, guard: Guard, inner: BaseAdapter | None = None) -> None:
        super().__init__()
        self.guard = guard
        self.inner = HTTPAdapter() if inner is None else inner

    def send(
        self, request: requests.PreparedRequest, stream: bool = False, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """Send a request that may be sent, and return the response, read unless it is a stream."""
        self.guard.sent(request)
        response = self.inner.send(request, stream, *args, **kwargs)
        try:
            if not stream:
                self._read(response, request)
            self.guard.answered(response, request)
        except BaseException:
            response.close()
            raise
        return response

    def _read(self, response: requests.Response, request: requests.PreparedRequest) -> None:
        """Read the body, as the session would do next."""
        try:
            _ = response.content
        except Exception:
            self.guard.lost(response, request)
            raise

    def close(self) -> None:
        """Close the other adapter."""
        self.inner.close()
