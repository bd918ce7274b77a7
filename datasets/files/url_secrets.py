"""Credentials in URLs: refused where there is another way to give them, masked everywhere else.

URLs are printed, logged and landed as addresses.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

from tasks.errors import BadInput

MASK: Final = "***"
# Up to the last @ before the path: a password may hold one, and most else.
_USER: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*://)[^/?#\s'\"<>]*@")
_BROKEN: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*://)[^@\s'\"<>]*:[^@\s'\"<>]*@")
_NAMED: Final = re.compile(
    r"([?&;](?:[\w.-]*(?:secret|password|passwd|token|signature|credential|access_key|apikey|"
    r"api_key)[\w.-]*|key|sig|auth)=)[^&;#\s'\"<>]+",
    re.IGNORECASE,
)
_INSTEAD: Final = {
    "QRT_LAKE": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile",
    "AWS_ENDPOINT_URL": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile",
    "PREFECT_API_URL": "PREFECT_API_AUTH_STRING as USER:PASSWORD",
}


def masked(text: str) -> str:
    """Return a text in whose URLs no credentials stand: users, passwords, and keys in queries."""
    if "://" not in text:
        return text
    for pattern in (_USER, _BROKEN):
        text = pattern.sub(rf"\1{MASK}@", text)
    return _NAMED.sub(rf"\1{MASK}", text)


def check_urls(environment: Mapping[str, str]) -> None:
    """Refuse credentials in the URLs of a lake, an AWS endpoint or a Prefect server.

    Raises:
        BadInput: there are some; the message has none of it.
    """
    for name, instead in _INSTEAD.items():
        for each in environment:
            if each == name or (name == "AWS_ENDPOINT_URL" and each.startswith(f"{name}_")):
                check_url(environment[each], name=each, instead=instead)


def check_url(url: str, *, name: str, instead: str) -> None:
    """Refuse a URL with credentials in it; `instead` is where they belong.

    Raises:
        BadInput: it has some.
    """
    plain = unquote(url)
    if masked(plain) != plain:
        message = f"{name} has credentials in it, which logs would show. Give them in {instead}."
        raise BadInput(message)
