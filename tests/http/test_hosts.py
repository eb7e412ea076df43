"""Which API a message belongs to: by mapped hosts, or by the servers of the documents."""

from __future__ import annotations

import pytest

import fieldbound
from fieldbound import BrokenContract, Message, UnknownName
from fieldbound.http.hosts import Hosts, host_of, hosts_of

NAMED = (
    "store.example.com=axim-commerce",
    "*.oraclecloud.com=oracle-cx-sales",
    "api.example.com/parts=fortellis",
    "localhost:8080=fortellis",
)


def _name(hosts: Hosts, url: str, method: str = "GET") -> str | None:
    found = hosts.api_of(Message(method, url))
    return None if found is None else found.name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://store.example.com/nowhere", "axim-commerce"),
        ("https://STORE.example.com:444/", "axim-commerce"),
        ("http://u:p@store.example.com/", "axim-commerce"),
        ("https://a.fa.us2.oraclecloud.com/x", "oracle-cx-sales"),
        ("https://oraclecloud.com/x", None),
        ("https://api.example.com/parts/1", "fortellis"),
        ("https://api.example.com/parts", "fortellis"),
        ("https://api.example.com/partsgroups", None),
        ("http://localhost:8080/", "fortellis"),
        ("http://localhost/", None),
        ("https://other.example.com/companies", None),
    ],
)
def test_mapped_hosts(url: str, name: str | None) -> None:
    """The first pattern of host, port and path that matches a URL decides its API."""
    assert _name(hosts_of(NAMED), url) == name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://any.example.com/companyGroup/all", "axim-commerce"),
        ("http://127.0.0.1:1/crmRestApi/resources/1/setupSalesCatalogs", "oracle-cx-sales"),
        ("https://api.fortellis.io/nowhere", "fortellis"),
        ("https://any.example.com/nowhere", None),
    ],
)
def test_unmapped_apis(url: str, name: str | None) -> None:
    """An API without a host has the messages with its paths, and those to its servers."""
    assert _name(hosts_of(["oracle-cx-sales", "fortellis", "axim-commerce"]), url) == name


def test_a_known_path_matches_with_any_method() -> None:
    """A message with an unknown method at a known path belongs to the API."""
    hosts = hosts_of(["axim-commerce"])
    assert _name(hosts, "https://any.example.com/companies", "PATCH") == "axim-commerce"


@pytest.mark.parametrize("order", [1, -1])
def test_several_apis_at_one_host(order: int) -> None:
    """Among several APIs at a host, the one with the path is chosen, or else the first."""
    names = ["axim-commerce", "oracle-cx-sales"][::order]
    patterns = ["Store.example.com", "*.example.com"]
    hosts = hosts_of(f"{host}={name}" for host, name in zip(patterns, names, strict=True))
    url = "https://store.example.com"
    assert _name(hosts, f"{url}/companies", "POST") == "axim-commerce"
    assert _name(hosts, f"{url}/companies", "PATCH") == "axim-commerce"
    assert _name(hosts, f"{url}/crmRestApi/resources/1/setupSalesCatalogs") == "oracle-cx-sales"
    assert _name(hosts, f"{url}/nowhere") == names[0]
    assert len(hosts.apis) == 2


@pytest.mark.parametrize(
    ("pattern", "url", "matches"),
    [
        ("[::1]", "http://[::1]/", True),
        ("[::1]", "http://[::1]:8080/", True),
        ("[::1]:8080", "http://[::1]:8080/x", True),
        ("[::1]:8080", "http://[::1]/x", False),
        ("[::1]", "http://1/", False),
        ("[2001:DB8::*]", "http://u:p@[2001:db8::7]:8/", True),
        ("http://[::1]:80*/v1", "http://[::1]:8080/v1/x", True),
        ("http://[::1]:80*/v1", "http://[::1]:8080/v2", False),
        ("[ab].example.com", "http://a.example.com/", True),
        ("*", "http://[::1]:8080/", True),
        ("store.example.com:443", "https://store.example.com/", True),
        ("store.example.com:443", "http://store.example.com/", False),
        ("store.example.com:80", "http://store.example.com/", True),
        ("store.example.com:*", "https://store.example.com/", True),
        ("store.example.com:*", "https://store.example.com:8443/", True),
        ("store.example.com", "https://store.example.com:443/", True),
        ("store.example.com:8443", "https://store.example.com/", False),
    ],
)
def test_ports_in_patterns(pattern: str, url: str, matches: bool) -> None:
    """IPv6 addresses may have ports; a URL without a port has that of its scheme."""
    assert (_name(hosts_of([f"{pattern}=axim-commerce"]), url) is not None) is matches


def test_an_api_is_loaded_once() -> None:
    """An API that is mapped to several hosts is loaded once."""
    hosts = hosts_of(["a.example.com=axim-commerce", "b.example.com=axim-commerce"])
    assert len(hosts.apis) == 1
    assert hosts.apis[0].name == fieldbound.api("axim-commerce").name


@pytest.mark.parametrize("entry", ["nobody", "a.example.com=nobody", "nowhere.yaml"])
def test_an_unknown_api_is_an_error(entry: str) -> None:
    """An unknown name raises an exception with the name."""
    with pytest.raises((UnknownName, BrokenContract), match=r"nobody|nowhere\.yaml"):
        hosts_of([entry])


def test_host_of_has_no_credentials() -> None:
    """The host of a URL is returned without user, password and query."""
    assert host_of("https://user:canary@Host.example:81/p?canary#canary") == "host.example:81"
