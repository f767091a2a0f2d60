"""The grid's own actions, headers, identity, and the second grid with its tokens."""

import time

import pyarrow as pa
import pyarrow.flight as flight
import pytest

from grid import act, connect, headers, info, path, put_table, read, refused

ACTIONS = """
fs.stat fs.list fs.mkdir fs.create fs.fill fs.rename fs.remove fs.usage fs.locate fs.checksum fs.set_attribute
fs.set_replication fs.truncate fs.concat fs.recover_lease fs.check fs.quota fs.set_quota
cache.pin cache.unpin cache.room
dataset.info dataset.begin dataset.commit dataset.abort
checkpoint.begin checkpoint.commit checkpoint.abort checkpoint.list checkpoint.info checkpoint.remove
task.submit task.status task.list task.cancel
qos.classes grid.drain grid.undrain grid.balance grid.safe_mode grid.recover grid.backup grid.check_backup grid.restore grid.backups grid.status grid.whoami CancelFlightInfo RenewFlightEndpoint
""".split()


def test_all_actions_are_listed_and_described(client):
    listed = {each.type: each.description for each in client.list_actions()}
    assert set(ACTIONS) <= set(listed)
    assert all(listed[name] for name in ACTIONS)


def test_status_shows_three_nodes(clients, addresses):
    for each in clients:
        status = act(each, "grid.status")
        assert status["quorum"] is True
        assert status["grid_name"] and status["grid_id"] and status["product_version"]
        assert sorted(node["name"] for node in status["nodes"]) == ["n1", "n2", "n3"]
        assert all(node["state"] == "up" and node["voter"] for node in status["nodes"])
        assert sorted(node["location"].split("//")[1].rstrip("/") for node in status["nodes"]) == sorted(addresses)
        assert status["repair"]["under_replicated_blocks"] >= 0
    assert len({act(each, "grid.status")["answering_node"] for each in clients}) == 3
    assert len({act(each, "grid.status")["grid_id"] for each in clients}) == 1


def test_nothing_is_put_in_safe_mode_and_all_is_read(clients, home, numbers):
    put_table(clients[0], path(f"{home}/before"), numbers)
    assert act(clients[0], "grid.safe_mode") == {"on": False}
    try:
        entered = act(clients[0], "grid.safe_mode", on=True)
        assert entered["on"] is True and entered["since_ms"] > 0 and entered["by"]
        for each in clients:
            assert act(each, "grid.status")["safe_mode"] == entered
            refusal = refused(put_table, each, path(f"{home}/after"), numbers)
            assert refusal.code == "PRECONDITION_FAILED" and "safe mode" in refusal.text
            assert read(each, path(f"{home}/before")).num_rows == numbers.num_rows
    finally:
        assert act(clients[1], "grid.safe_mode", on=False) == {"on": False}
    for each in clients:
        put_table(each, path(f"{home}/after"), numbers)
        act(each, "fs.remove", path=f"{home}/after", recursive=True)


def test_classes_are_told(client):
    told = act(client, "qos.classes")
    assert told["default_class"] == "interactive"
    by_name = {each["name"]: each for each in told["classes"]}
    assert {"realtime", "interactive", "bulk", "background"} <= set(by_name)
    for each in by_name.values():
        assert {"reservation", "weight", "limit", "queue_bound", "dscp", "bytes_in", "bytes_out", "refused"} <= set(each)


def test_bytes_are_counted_in_the_class_of_the_call(clients, home, numbers):
    def counted(name):
        return [
            {each["name"]: each[name] for each in act(client, "qos.classes")["classes"]} for client in clients
        ]

    out, into = counted("bytes_out"), counted("bytes_in")
    put_table(clients[0], path(f"{home}/data"), numbers, options=headers(x_swarm_qos="bulk"))
    read(clients[0], path(f"{home}/data"), headers(x_swarm_qos="realtime"))

    def rise(before, name, which):
        return sum(now[which] - then[which] for now, then in zip(counted(name), before))

    assert rise(into, "bytes_in", "bulk") >= numbers.nbytes
    assert rise(out, "bytes_out", "realtime") >= numbers.nbytes


def test_the_class_is_parsed_and_reported(client):
    assert act(client, "grid.whoami")["qos"] == "interactive"
    assert act(client, "grid.whoami", headers(x_swarm_qos="bulk"))["qos"] == "bulk"
    refusal = refused(act, client, "grid.whoami", headers(x_swarm_qos="turbo"))
    assert refusal.code == "INVALID_ARGUMENT"
    assert "turbo" in refusal.text


def test_a_call_is_named(client):
    assert act(client, "grid.whoami", headers(x_swarm_request_id="req-42"))["request_id"] == "req-42"
    assert act(client, "grid.whoami")["request_id"]
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    assert act(client, "grid.whoami", headers(traceparent=f"00-{trace}-00f067aa0ba902b7-01"))["trace_id"] == trace
    assert "trace_id" not in act(client, "grid.whoami", headers(traceparent="nonsense"))


def test_an_identity_is_not_taken_from_headers(client):
    plain = act(client, "grid.whoami")
    made_up = act(client, "grid.whoami", headers(x_swarm_user="root", x_swarm_tenant="other"))
    assert (made_up["name"], made_up["tenant"], made_up["grants"]) == (plain["name"], plain["tenant"], plain["grants"])


def test_to_be_a_node_needs_the_secret_of_the_grid(client):
    refusal = refused(act, client, "grid.whoami", headers(x_swarm_node="n1"))
    assert refusal.code == "UNAUTHENTICATED"
    made_up = headers(x_swarm_node="n1", authorization="Node " + "0" * 64)
    assert refused(act, client, "grid.whoami", made_up).code == "UNAUTHENTICATED"


@pytest.fixture(scope="module")
def other(other_address):
    with connect(other_address) as client:
        yield client


def _bearer(token):
    return flight.FlightCallOptions(timeout=60, headers=[(b"authorization", f"Bearer {token}".encode())])


def test_without_a_token_nothing_is_answered(other):
    for call in (
        lambda: act(other, "grid.whoami"),
        lambda: info(other, path("/x")),
        lambda: list(other.list_flights()),
        lambda: other.do_get(flight.Ticket(b"x")).read_all(),
        lambda: act(other, "grid.whoami", _bearer("wrong")),
    ):
        refusal = refused(call)
        assert refusal.code == "UNAUTHENTICATED"
        assert isinstance(refusal.error, flight.FlightUnauthenticatedError)
        assert refusal.body is None or refusal.body["kind"] == "CALLER"


def test_a_token_is_who_its_file_says(other, tokens):
    me = act(other, "grid.whoami", _bearer(tokens["write"]))
    assert (me["name"], me["tenant"]) == ("writer", "lab")
    assert sorted(grant.lower() for grant in me["grants"]) == ["read", "write"]


def test_the_basic_handshake_gives_a_header_that_works(other, tokens):
    header = other.authenticate_basic_token("reader", tokens["read"])
    me = act(other, "grid.whoami", flight.FlightCallOptions(headers=[header]))
    assert me["name"] == "reader"
    with pytest.raises((flight.FlightUnauthenticatedError, pa.lib.ArrowException)):
        other.authenticate_basic_token("reader", "wrong")


def test_a_grant_that_is_missing_is_named(other, tokens, numbers):
    refusal = refused(put_table, other, path("/denied"), numbers, options=_bearer(tokens["read"]))
    assert refusal.code == "PERMISSION_DENIED"
    assert "write" in refusal.text.lower()
    assert refused(act, other, "fs.mkdir", _bearer(tokens["read"]), path="/denied").code == "PERMISSION_DENIED"


def test_an_expired_ticket_is_refused_and_can_be_made_anew(other, tokens, numbers):
    write = _bearer(tokens["write"])
    put_table(other, path("/expiring"), numbers.slice(0, 10), options=write)
    try:
        endpoint = info(other, path("/expiring"), write).endpoints[0]
        time.sleep(1.5)
        refusal = refused(lambda: other.do_get(endpoint.ticket, write).read_all())
        assert refusal.code == "TICKET_EXPIRED"
        fresh = info(other, path("/expiring"), write).endpoints[0]
        assert other.do_get(fresh.ticket, write).read_all().num_rows == 10
    finally:
        act(other, "fs.remove", write, path="/expiring", recursive=True)


def test_a_ticket_of_another_grid_is_refused(client, other, tokens, flights_dataset):
    endpoint = info(client, path(flights_dataset)).endpoints[0]
    refusal = refused(lambda: other.do_get(endpoint.ticket, _bearer(tokens["read"])).read_all())
    assert refusal.code == "BAD_TICKET"
