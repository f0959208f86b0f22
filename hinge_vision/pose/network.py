"""Keeping MediaPipe offline: from 1.0 on it sends usage numbers by itself, and offers no switch for that."""

from __future__ import annotations

import os
from importlib import metadata

# MediaPipe sends through libcurl, which asks the environment for a proxy before it looks up or connects to anything.
# This one is a Unix socket that cannot exist (nothing can lie below /dev/null), so each attempt ends on this machine.
NOWHERE = "socks5h://localhost/dev/null/offline"
_PROXY_VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
_EXCEPTION_VARIABLES = ("no_proxy", "NO_PROXY")


def sends_usage_numbers() -> bool:
    """Return whether the installed MediaPipe is one that tries to send usage numbers."""
    return int(metadata.version("mediapipe").split(".")[0]) >= 1


def stay_offline() -> None:
    """Cut this process off from HTTPS through proxies, before MediaPipe is used; does nothing where MediaPipe is silent.

    It changes the environment of the whole process (and of processes it starts) for good: fit for a program that needs no
    network, such as the command line here, not to be called behind the back of one that does.
    """
    if not sends_usage_numbers():
        return
    for name in _EXCEPTION_VARIABLES:
        os.environ.pop(name, None)
    for name in _PROXY_VARIABLES:
        os.environ[name] = NOWHERE


def is_offline() -> bool:
    """Return whether MediaPipe opens no connection in this process."""
    return not sends_usage_numbers() or (
        os.environ.get("https_proxy") == NOWHERE and not any(os.environ.get(name) for name in _EXCEPTION_VARIABLES)
    )
