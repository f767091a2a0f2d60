"""List, info, schema, and reading a dataset: by endpoints, projected, by rows, again on another location."""

import json

import pyarrow as pa
import pyarrow.flight as flight
import pytest

from grid import act, command, info, path, put_table, read, read_endpoint, refused


def test_list_names_the_datasets_below_a_path(client, flights_dataset, home, numbers):
    put_table(client, path(f"{home}/one"), numbers)
    act(client, "fs.mkdir", path=f"{home}/deep")
    put_table(client, path(f"{home}/deep/two"), numbers.slice(0, 10))

    below = list(client.list_flights(json.dumps({"path": home}).encode()))
    assert sorted("/".join(p.decode() for p in each.descriptor.path).lstrip("/") for each in below) == sorted(
        [f"{home}/one".lstrip("/"), f"{home}/deep/two".lstrip("/")]
    )
    assert sorted(each.total_records for each in below) == [10, numbers.num_rows]
    assert all(each.schema == numbers.schema for each in below)

    names = ["/".join(p.decode() for p in each.descriptor.path) for each in client.list_flights()]
    assert any(name.strip("/") == flights_dataset.strip("/") for name in names)


def test_info_tells_all_about_a_dataset(client, flights_dataset, numbers):
    found = info(client, path(flights_dataset))

    assert found.schema == numbers.schema
    assert found.total_records == numbers.num_rows
    assert found.total_bytes >= numbers.nbytes
    assert found.ordered
    assert json.loads(found.app_metadata)["version"] >= 1
    assert len(found.endpoints) == 5
    for endpoint in found.endpoints:
        about = json.loads(endpoint.app_metadata)
        assert about["rows"] == 2_000
        assert about["size_bytes"] > 0
        assert about["name"].endswith(".arrow")
        assert len(endpoint.locations) == 2, "a location for each replica"
        assert len({location.uri for location in endpoint.locations}) == 2
        assert endpoint.expiration_time is not None
    assert sum(json.loads(each.app_metadata)["size_bytes"] for each in found.endpoints) == found.total_bytes


def test_a_path_may_come_in_parts(client, flights_dataset, numbers):
    parts = flights_dataset.strip("/").split("/")
    found = info(client, flight.FlightDescriptor.for_path(*parts))
    assert found.total_records == numbers.num_rows


def test_schema_alone(client, flights_dataset, numbers):
    assert client.get_schema(path(flights_dataset)).schema == numbers.schema
    projected = client.get_schema(command("dataset.read", path=flights_dataset, columns=["name"])).schema
    assert projected == pa.schema([numbers.schema.field("name")])


def test_every_node_answers_the_same(clients, flights_dataset, numbers):
    for each in clients:
        assert read(each, path(flights_dataset)).equals(numbers)


def test_endpoints_give_the_rows_in_order(client, flights_dataset, numbers):
    at = 0
    for endpoint in info(client, path(flights_dataset)).endpoints:
        table = read_endpoint(endpoint)
        assert table.equals(numbers.slice(at, table.num_rows))
        at += table.num_rows
    assert at == numbers.num_rows


def test_endpoints_can_be_read_at_once(client, flights_dataset, numbers):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(5) as pool:
        tables = list(pool.map(read_endpoint, info(client, path(flights_dataset)).endpoints))
    assert pa.concat_tables(tables).equals(numbers)


@pytest.mark.parametrize("columns", [["value"], ["name", "row"], ["value", "row", "name"]])
def test_projection_gives_the_columns_asked_for_in_their_order(client, flights_dataset, numbers, columns):
    wanted = command("dataset.read", path=flights_dataset, columns=columns)
    assert info(client, wanted).schema.names == columns
    assert read(client, wanted).equals(numbers.select(columns))


@pytest.mark.parametrize(
    "rows", [(0, 1), (0, 2_000), (1_999, 2_001), (1_234, 7_654), (4_000, 6_000), (9_999, 10_000), (0, 10_000)]
)
def test_row_range_over_the_whole_dataset(client, flights_dataset, numbers, rows):
    first, last = rows
    wanted = command("dataset.read", path=flights_dataset, rows=[first, last])
    assert info(client, wanted).total_records == last - first
    assert read(client, wanted).equals(numbers.slice(first, last - first))


def test_empty_row_range(client, flights_dataset, numbers):
    assert read(client, command("dataset.read", path=flights_dataset, rows=[5, 5])).num_rows == 0


def test_row_range_and_projection_together(client, flights_dataset, numbers):
    wanted = command("dataset.read", path=flights_dataset, rows=[1_900, 4_100], columns=["name"])
    assert read(client, wanted).equals(numbers.select(["name"]).slice(1_900, 2_200))


@pytest.mark.parametrize("rows", [[5, 4], [-1, 5], [1], [1, 2, 3]])
def test_a_row_range_that_is_none_is_refused(client, flights_dataset, rows):
    refusal = refused(info, client, command("dataset.read", path=flights_dataset, rows=rows))
    assert refusal.code == "INVALID_ARGUMENT"


def test_an_unknown_column_is_refused_and_named(client, flights_dataset):
    refusal = refused(info, client, command("dataset.read", path=flights_dataset, columns=["row", "nope"]))
    assert refusal.code == "INVALID_ARGUMENT"
    assert "nope" in refusal.text


def test_a_get_may_be_repeated_on_every_location(client, flights_dataset, numbers):
    for at, endpoint in enumerate(info(client, path(flights_dataset)).endpoints):
        expected = numbers.slice(at * 2_000, 2_000)
        for location in endpoint.locations:
            assert read_endpoint(endpoint, location).equals(expected)


def test_a_get_broken_off_goes_on_at_the_next_location(client, flights_dataset, numbers):
    endpoint = info(client, path(flights_dataset)).endpoints[0]
    first, second = endpoint.locations
    with flight.FlightClient(first) as broken:
        reader = broken.do_get(endpoint.ticket)
        assert reader.read_chunk().data.num_rows > 0
        reader.cancel()
    assert read_endpoint(endpoint, second).equals(numbers.slice(0, 2_000))


def test_a_ticket_is_good_on_a_node_without_a_copy(clients, flights_dataset, numbers):
    endpoint = info(clients[0], path(flights_dataset)).endpoints[0]
    for each in clients:
        assert each.do_get(endpoint.ticket).read_all().equals(numbers.slice(0, 2_000))


def test_a_ticket_pins_the_version_it_was_made_for(client, home, numbers):
    where = f"{home}/pinned"
    put_table(client, path(where), numbers.slice(0, 100))
    before = info(client, path(where))
    put_table(client, command("dataset.put", path=where, mode="append"), numbers.slice(100, 100))
    put_table(client, command("dataset.put", path=where, mode="overwrite"), numbers.slice(500, 10))

    old = pa.concat_tables([read_endpoint(endpoint) for endpoint in before.endpoints])
    assert old.equals(numbers.slice(0, 100))
    assert read(client, path(where)).equals(numbers.slice(500, 10))


def test_messages_stay_small(client, home):
    rows = 1_000_000
    table = pa.table({"row": pa.array(range(rows), pa.int64())})
    put_table(client, path(f"{home}/large"), table, batch_rows=rows)

    seen = 0
    for endpoint in info(client, path(f"{home}/large")).endpoints:
        with flight.FlightClient(endpoint.locations[0]) as reading:
            for chunk in reading.do_get(endpoint.ticket):
                assert chunk.data.nbytes <= 2 << 20
                seen += chunk.data.num_rows
    assert seen == rows


def test_a_row_larger_than_a_message_is_a_message(client, home):
    table = pa.table({"blob": pa.array([b"x" * (5 << 20), b"small"], pa.binary())})
    put_table(client, path(f"{home}/blobs"), table)
    assert read(client, path(f"{home}/blobs")).equals(table)


def test_an_endpoint_can_be_renewed(client, flights_dataset, numbers):
    endpoint = info(client, path(flights_dataset)).endpoints[0]
    request = _message(endpoint.serialize())
    (result,) = client.do_action(flight.Action("RenewFlightEndpoint", request))
    renewed = flight.FlightEndpoint.deserialize(result.body.to_pybytes())

    assert renewed.expiration_time.as_py() >= endpoint.expiration_time.as_py()
    assert read_endpoint(renewed).equals(numbers.slice(0, 2_000))


def test_an_info_can_be_cancelled(client, flights_dataset):
    found = info(client, path(flights_dataset))
    (result,) = client.do_action(flight.Action("CancelFlightInfo", _message(found.serialize())))
    body = result.body.to_pybytes()
    # CancelFlightInfoResult: one enum; 1 cancelled, 2 cancelling, 3 not cancellable.
    assert body[:1] == b"\x08" and body[1] in (1, 2, 3)


def _message(inner):
    """A protobuf message whose field 1 is the message given."""
    length, size = bytearray(), len(inner)
    while size > 0x7F:
        length.append(size & 0x7F | 0x80)
        size >>= 7
    length.append(size)
    return b"\x0a" + bytes(length) + inner
