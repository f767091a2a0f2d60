"""Each row of the table of errors in docs/flight-api.md, as plain pyarrow sees it."""

import json
import os
import pathlib

import pyarrow as pa
import pyarrow.flight as flight
import pytest

from grid import RAW, connect, headers, path, put, raw_batch, refused

_PAGE = pathlib.Path(__file__).parents[4] / "docs" / "flight-api.md"


def _rows():
    """code, kind, status and exception of each code that the page names."""
    section = _PAGE.read_text(encoding="utf-8").split("## Errors")[1]
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0].startswith("`"):
            for code in cells[0].split(","):
                yield code.strip(" `"), cells[1], cells[2], cells[3].strip("`")


ROWS = list(_rows())


@pytest.fixture(scope="module")
def failing():
    """A door at which every call ends in the error that it names."""
    named = os.environ.get("SWARM_TEST_ERRORS", "")
    if not named:
        pytest.skip("SWARM_TEST_ERRORS names no door that fails")
    with connect(named) as client:
        yield client


def _action(client, code):
    return lambda: list(client.do_action(flight.Action("fail", code.encode()), headers(x_swarm_request_id="r-1")))


def _get(client, code):
    return lambda: client.do_get(flight.Ticket(code.encode())).read_all()


def _info(client, code):
    return lambda: client.get_flight_info(path(code))


def _put(client, code):
    return lambda: put(client, path(code), RAW, [raw_batch(b"x")])


def test_the_page_names_every_code_once(failing):
    answered = list(failing.do_action(flight.Action("codes", b"")))[0].body.to_pybytes()
    assert sorted(code for code, *_ in ROWS) == sorted(json.loads(answered))


@pytest.mark.parametrize("call", [_action, _get, _info, _put], ids=["action", "get", "info", "put"])
@pytest.mark.parametrize(("code", "kind", "status", "exception"), ROWS, ids=[code for code, *_ in ROWS])
def test_each_error_is_what_the_page_says(failing, call, code, kind, status, exception):
    refusal = refused(call(failing, code))
    expected = getattr(flight if exception.startswith("Flight") else pa.lib, exception)
    assert type(refusal.error) is expected
    assert refusal.code == code
    assert f"{code}: cannot do it: n=7 (try n=8)" in refusal.text
    assert {key: refusal.body[key] for key in ("code", "kind", "message", "path", "hint")} == {
        "code": code,
        "kind": kind,
        "message": "cannot do it: n=7",
        "path": "/a/ü",
        "hint": "try n=8",
    }
    if exception.startswith("Flight"):
        assert json.loads(refusal.error.extra_info) == refusal.body
