"""The page to read the document comes from this server alone, under a policy that allows nothing else."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from heartport.app import create_app
from heartport.config import load_settings
from heartport.web.document_page import OURS, POLICY, SWAGGER_UI
from heartport.web.headers import HEADERS

FILES = sorted(OURS | SWAGGER_UI)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder = tmp_path_factory.mktemp("stores")
    house: Flask = create_app(load_settings({"HEARTPORT_DEMO": "1", "HEARTPORT_DATA_DIR": str(folder)}))
    return house.test_client()


def test_the_page_is_open_to_anyone_and_loads_only_files_that_are_there(client: FlaskClient) -> None:
    page = client.get("/api/docs")
    assert (page.status_code, page.content_type) == (200, "text/html; charset=utf-8")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert sorted(loaded) == sorted(f"docs/{name}" for name in FILES)


@pytest.mark.parametrize("name", FILES)
def test_each_of_its_files_is_sent_with_its_type(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/api/docs/{name}")
    kind = {"js": "text/javascript", "css": "text/css", "png": "image/png"}[name.rpartition(".")[2]]
    assert answer.status_code == 200
    assert answer.mimetype == kind
    assert answer.data
    again = client.get(f"/api/docs/{name}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["", *(f"/{name}" for name in FILES)])
def test_the_page_has_a_policy_of_its_own_and_all_other_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(f"/api/docs{path}").headers
    assert headers["Content-Security-Policy"] == POLICY
    assert {name: headers[name] for name in HEADERS} == {**HEADERS, "Content-Security-Policy": POLICY}


def test_the_policy_allows_this_server_and_nobody_else_and_no_script_within_the_page(client: FlaskClient) -> None:
    rules = dict(rule.strip().split(" ", 1) for rule in POLICY.split(";"))
    assert rules.pop("img-src") == "'self' data:"
    assert set(rules.values()) == {"'none'", "'self'"}
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == "'none'"
    page = client.get("/api/docs").text
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|style=|https?://", page) == []


def test_everything_else_keeps_the_strict_policy(client: FlaskClient) -> None:
    for path in ("/api/v1/openapi.json", "/api/docs/nothing.js", "/api/v1/hotlines"):
        assert client.get(path).headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name",
    [
        "swagger-ui.js",
        "page.html",
        "..",
        "%2e%2e%2fheaders.py",
        "../headers.py",
        "/etc/passwd",
        "page.js/",
        "PAGE.JS",
        "",
    ],
)
def test_no_other_file_is_sent(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/api/docs/{name}")
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_the_page_asks_for_the_document_of_this_server_and_keeps_no_token(client: FlaskClient) -> None:
    script = client.get("/api/docs/page.js").text
    assert 'url: "v1/openapi.json"' in script
    assert "persistAuthorization: false" in script
    assert "validatorUrl: null" in script
    assert "http" not in script
