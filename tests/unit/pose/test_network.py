"""MediaPipe is kept offline only where it would go online."""

from __future__ import annotations

import os

import pytest

from hinge_vision.pose import network


def test_a_silent_mediapipe_leaves_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network.metadata, "version", lambda _: "0.10.21")
    before = dict(os.environ)
    network.stay_offline()
    assert dict(os.environ) == before
    assert network.is_offline()


def test_a_later_mediapipe_is_sent_nowhere_whatever_proxies_were_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network.metadata, "version", lambda _: "1.2.2")
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://proxy.example:3128")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "*")
    assert not network.is_offline()
    network.stay_offline()
    assert network.is_offline()
    assert not os.environ.get("no_proxy")
