"""Hooks, transports and adapters that check the exchanges of httpx and requests.

client = httpx.Client(event_hooks=event_hooks(guard))
client = httpx.AsyncClient(transport=async_transport(guard))
session.mount("https://", adapter(guard))
"""

from .http.clients import ContractWarning, Guard, adapter, async_transport, event_hooks, transport

__all__ = ["ContractWarning", "Guard", "adapter", "async_transport", "event_hooks", "transport"]
