"""What is wrong is refused, named, and changes nothing."""

import json

import pyarrow as pa
import pyarrow.flight as flight
import pytest

from grid import RAW, act, command, exists, headers, info, path, put, put_bytes, put_table, refused


def test_an_unknown_path_is_not_found_and_the_nearest_is_hinted(client, home, numbers):
    put_table(client, path(f"{home}/lake"), numbers.slice(0, 5))
    refusal = refused(info, client, path(f"{home}/lakee"))
    assert refusal.code == "NOT_FOUND"
    assert f"{home}/lakee" in refusal.text
    assert f"did you mean {home}/lake?" in refusal.text


@pytest.mark.parametrize(
    "bad", ["/a/../b", "/..", "/./a", "/a/" + "x" * 256, "/a\0b", "/" + "/".join(["d"] * 200)]
)
def test_a_bad_path_is_refused(client, bad):
    assert refused(act, client, "fs.stat", path=bad).code == "INVALID_ARGUMENT"
    assert refused(act, client, "fs.mkdir", path=bad, parents=True).code == "INVALID_ARGUMENT"
    assert refused(info, client, path(bad)).code == "INVALID_ARGUMENT"
    assert refused(put_bytes, client, path(bad), b"x").code == "INVALID_ARGUMENT"


def test_a_name_of_255_bytes_is_fine(client, home):
    name = "ü" * 127 + "x"
    put_bytes(client, path(f"{home}/{name}"), b"1")
    assert act(client, "fs.stat", path=f"{home}/{name}")["size_bytes"] == 1
    assert refused(put_bytes, client, path(f"{home}/{name}x"), b"1").code == "INVALID_ARGUMENT"


def test_an_empty_path_is_refused(client):
    assert refused(act, client, "fs.stat", path="").code == "INVALID_ARGUMENT"
    assert refused(info, client, command("dataset.read", path="")).code == "INVALID_ARGUMENT"
    for empty_name in (path(""), flight.FlightDescriptor.for_path("a", "", "b")):
        assert refused(info, client, empty_name).code == "INVALID_ARGUMENT"
        assert refused(put_bytes, client, empty_name, b"x").code == "INVALID_ARGUMENT"
    assert refused(put_bytes, client, path("/"), b"x").code in ("IS_A_DIRECTORY", "INVALID_ARGUMENT", "ALREADY_EXISTS")


def test_an_unknown_action_is_refused(client):
    refusal = refused(lambda: list(client.do_action(flight.Action("fs.format", b"{}"))))
    assert refusal.code == "UNKNOWN_OPERATION"
    assert "fs.format" in refusal.text


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"path": 5, "path": "/"}trailing', b"\xff\xfe", b'"x"'])
def test_json_that_does_not_fit_is_refused(client, body):
    refusal = refused(lambda: list(client.do_action(flight.Action("fs.stat", body))))
    assert refusal.code == "INVALID_ARGUMENT"


def test_an_unknown_field_is_refused_and_named(client, home):
    refusal = refused(act, client, "fs.stat", path=home, colour="red")
    assert refusal.code == "INVALID_ARGUMENT"
    assert "colour" in refusal.text
    refusal = refused(info, client, command("dataset.read", path=home, colums=["a"]))
    assert refusal.code == "INVALID_ARGUMENT"
    assert "colums" in refusal.text


def test_every_action_refuses_an_unknown_field_and_names_it(client):
    standard = {"CancelFlightInfo", "RenewFlightEndpoint"}
    for action in {each.type for each in client.list_actions()} - standard:
        refusal = refused(act, client, action, colour="red")
        assert refusal.code == "INVALID_ARGUMENT", action
        assert "colour" in refusal.text, action


def test_the_standard_actions_refuse_what_is_no_request(client):
    for action in ("CancelFlightInfo", "RenewFlightEndpoint"):
        refusal = refused(lambda: list(client.do_action(flight.Action(action, b"\xff\xff no protobuf"))))
        assert refusal.code == "INVALID_ARGUMENT", action
        assert action in refusal.text


def test_a_missing_field_is_named(client):
    refusal = refused(act, client, "fs.stat")
    assert refusal.code == "INVALID_ARGUMENT"
    assert "path" in refusal.text


def test_a_command_that_is_none_is_refused(client):
    for bad in (b"", b"SELECT 1", b"{}", b'{"op": "dataset.explode"}', b'{"op": 7}'):
        refusal = refused(info, client, flight.FlightDescriptor.for_command(bad))
        assert refusal.code in ("INVALID_ARGUMENT", "UNKNOWN_OPERATION"), bad


def test_a_request_that_is_too_large_is_refused(client):
    body = json.dumps({"path": "/" + "x" * (8 << 20)}).encode()
    refusal = refused(lambda: list(client.do_action(flight.Action("fs.stat", body))))
    assert refusal.code == "INVALID_ARGUMENT"


@pytest.mark.parametrize("ticket", [b"", b"x", b"\0" * 1000, b"{}"])
def test_a_ticket_that_is_none_is_refused(client, ticket):
    refusal = refused(lambda: client.do_get(flight.Ticket(ticket)).read_all())
    assert refusal.code == "BAD_TICKET"


def test_a_ticket_that_was_changed_is_refused(client, flights_dataset):
    good = info(client, path(flights_dataset)).endpoints[0].ticket.ticket
    for at in range(0, len(good), max(1, len(good) // 40)):
        bad = bytearray(good)
        bad[at] ^= 1
        refusal = refused(lambda: client.do_get(flight.Ticket(bytes(bad))).read_all())
        assert refusal.code == "BAD_TICKET"


def test_an_error_carries_its_json(client, home):
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    named = headers(x_swarm_request_id="req-7", traceparent=f"00-{trace}-00f067aa0ba902b7-01")
    missing = refused(act, client, "fs.stat", named, path=f"{home}/none")
    exists_already = refused(act, client, "fs.mkdir", named, path=home)
    unsupported = refused(lambda: list(client.do_action(flight.Action("no.such", b"{}"), named)))
    for refusal, code in (
        (missing, "NOT_FOUND"),
        (exists_already, "ALREADY_EXISTS"),
        (unsupported, "UNKNOWN_OPERATION"),
    ):
        assert refusal.code == code
        assert (refusal.body["code"], refusal.body["kind"], refusal.body["request_id"]) == (code, "CALLER", "req-7")
        assert refusal.body["trace_id"] == trace
        assert refusal.body["message"] in refusal.text
    assert missing.body["path"] == f"{home}/none"


def test_info_of_a_directory_is_refused(client, home):
    assert refused(info, client, path(home)).code in ("IS_A_DIRECTORY", "INVALID_ARGUMENT")


def test_a_bad_way_to_put_is_refused(client, home, numbers):
    small = numbers.slice(0, 5)
    for wrong in (
        {"mode": "destroy"},
        {"partition_rows": 0},
        {"partition_rows": -5},
        {"partition_by": "nope"},
        {"compression": "rar"},
        {"replicas": 0},
        {"replicas": 1000},
        {"session": "none", "path": f"{home}/x"},
    ):
        order = command("dataset.put", **{"path": f"{home}/x", **wrong})
        assert refused(put_table, client, order, small).code in ("INVALID_ARGUMENT", "NOT_FOUND"), wrong
    assert not exists(client, f"{home}/x")
    assert refused(put_table, client, command("dataset.put", session="no-such-session"), small).code == "NOT_FOUND"
    assert refused(put_bytes, client, command("file.put", path=f"{home}/x", durability="hope"), b"1").code == (
        "INVALID_ARGUMENT"
    )


def test_raw_bytes_with_a_null_are_refused(client, home):
    nullable = pa.schema([pa.field("bytes", pa.uint8())])
    batch = pa.record_batch([pa.array([1, None, 3], pa.uint8())], schema=nullable)
    refusal = refused(put, client, command("file.put", path=f"{home}/nulls"), nullable, [batch])
    assert refusal.code in ("INVALID_ARGUMENT", "SCHEMA_MISMATCH", "CORRUPT_INPUT")
    assert not exists(client, f"{home}/nulls")
    assert RAW.field(0).nullable is False


def test_exchange_is_not_offered(client):
    with pytest.raises(pa.lib.ArrowNotImplementedError):
        writer, reader = client.do_exchange(path("/x"))
        with writer:
            writer.done_writing()
            reader.read_all()
