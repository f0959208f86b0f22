"""The OpenAPI document against the server itself: schemathesis makes requests, sound and broken, and checks each answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.made_clips import make_clip, steady
from tests.web_server import Server, running_server

schemathesis = pytest.importorskip("schemathesis", reason="the API tests need schemathesis")
hypothesis = pytest.importorskip("hypothesis")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("openapi")
    with running_server(folder / "data") as started:
        clip = make_clip(folder / "nobody.mp4", steady(5, 10.0))
        clip_id = started.send(clip).json()["id"]
        started.wait(clip_id)
        yield started


def test_every_answer_is_one_the_document_describes(server: Server) -> None:
    schema = schemathesis.openapi.from_url(server.url("/openapi.json"))
    tried = [try_out(found.ok()) for found in schema.get_all_operations()]
    assert len(tried) == 9, tried


def try_out(operation: Any) -> str:
    """Make requests of one kind, such as the document allows and, where they can be wrong at all, such as it does not."""
    from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

    # a schema cannot say that a file must be a video, and a form cannot say that a number is no text
    unsayable = [positive_data_acceptance, negative_data_rejection] if operation.method == "post" else []
    modes = [schemathesis.GenerationMode.POSITIVE]
    if "{" in operation.path or operation.query or operation.body:
        modes.append(schemathesis.GenerationMode.NEGATIVE)

    @hypothesis.settings(max_examples=12, database=None, suppress_health_check=list(hypothesis.HealthCheck))
    @hypothesis.given(hypothesis.strategies.data())
    def answers_hold(data: Any) -> None:
        mode = data.draw(hypothesis.strategies.sampled_from(modes))
        data.draw(operation.as_strategy(generation_mode=mode)).call_and_validate(timeout=30, excluded_checks=unsayable)

    answers_hold()
    return str(operation.label)


def test_a_known_clip_answers_as_described_too(server: Server) -> None:
    document = server.get("/openapi.json").json()
    clip = server.get("/api/clips").json()["clips"][-1]
    described = document["components"]["schemas"]["Clip"]
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.validate(clip, {**described, "components": document["components"]}, cls=jsonschema.Draft202012Validator)
    assert set(clip) == set(described["properties"])


def test_refusals_are_problem_details(server: Server) -> None:
    for method, path, status in (
        ("GET", "/api/clips/" + "0" * 32, 404),
        ("GET", "/api/clips/nonsense", 404),
        ("GET", "/api/nothing", 404),
        ("PUT", "/api/clips", 405),
        ("GET", "/api/clips?offset=-1", 422),
        ("POST", "/api/clips", 415),
    ):
        answer = requests.request(method, server.url(path), timeout=30)
        assert answer.status_code == status, path
        assert answer.headers["content-type"] == "application/problem+json"
        body = answer.json()
        assert body["status"] == status
        assert set(body) == {"type", "title", "status", "detail"}
    assert requests.put(server.url("/api/clips"), timeout=30).headers["allow"]


def test_the_documents_own_page_lists_every_operation_and_loads_nothing_from_elsewhere(server: Server) -> None:
    page = server.get("/api").text
    document = server.get("/openapi.json").json()
    for path in document["paths"]:
        assert path in page
    assert "http://" not in page.replace("http://127.0.0.1:8000", "")
    assert "https://" not in page
    assert json.dumps(document).count("HTTPValidationError") == 0
