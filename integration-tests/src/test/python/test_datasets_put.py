"""Putting datasets: modes, sessions, put_id, partitions, and puts that are broken off."""

import pathlib
import subprocess
import sys
import textwrap
import time
import uuid

import pyarrow as pa
import pyarrow.flight as flight
import pytest

from grid import act, command, exists, info, path, put, put_table, read, read_endpoint, refused


@pytest.mark.parametrize("batches", [0, 1, 40])
def test_put_with_no_one_and_many_batches(client, home, numbers, batches):
    where = f"{home}/dataset"
    rows = 250 * batches
    sent = [numbers.slice(i * 250, 250).combine_chunks().to_batches()[0] for i in range(batches)]

    result = put(client, path(where), numbers.schema, sent)

    assert result["committed"] is True
    assert result["path"] == where
    assert result["rows"] == rows
    assert result["version"] >= 1
    assert result["size_bytes"] >= 0
    assert info(client, path(where)).total_records == rows
    assert client.get_schema(path(where)).schema == numbers.schema
    assert read(client, path(where)).equals(numbers.slice(0, rows))


def test_put_with_an_empty_batch_among_others(client, home, numbers):
    batch = pa.RecordBatch.from_arrays([pa.array([], field.type) for field in numbers.schema], schema=numbers.schema)
    rows = numbers.slice(0, 3).combine_chunks().to_batches()
    result = put(client, path(f"{home}/holes"), numbers.schema, [batch, *rows, batch, *rows, batch])
    assert result["rows"] == 6
    assert read(client, path(f"{home}/holes")).equals(pa.concat_tables([numbers.slice(0, 3)] * 2))


def test_put_onto_an_existing_dataset_is_refused(client, home, numbers):
    where = f"{home}/once"
    put_table(client, path(where), numbers.slice(0, 5))
    refusal = refused(put_table, client, path(where), numbers.slice(5, 5))
    assert refusal.code == "ALREADY_EXISTS"
    assert where in refusal.text
    assert read(client, path(where)).equals(numbers.slice(0, 5))


def test_append_adds_rows_and_a_version(client, home, numbers):
    where = f"{home}/grows"
    first = put_table(client, path(where), numbers.slice(0, 50))
    second = put_table(client, command("dataset.put", path=where, mode="append"), numbers.slice(50, 70))
    assert second["rows"] == 70
    assert second["version"] > first["version"]
    assert read(client, path(where)).equals(numbers.slice(0, 120))


def test_append_with_another_schema_is_refused(client, home, numbers):
    where = f"{home}/strict"
    put_table(client, path(where), numbers.slice(0, 5))
    for other in (
        numbers.select(["row", "value"]),
        numbers.rename_columns(["row", "value", "nome"]),
        numbers.set_column(0, "row", numbers["row"].cast(pa.int32())),
    ):
        refusal = refused(put_table, client, command("dataset.put", path=where, mode="append"), other.slice(0, 5))
        assert refusal.code == "SCHEMA_MISMATCH"
    assert read(client, path(where)).equals(numbers.slice(0, 5))


def test_append_to_nothing_makes_a_dataset(client, home, numbers):
    where = f"{home}/fresh"
    result = put_table(client, command("dataset.put", path=where, mode="append"), numbers.slice(0, 5))
    assert result["committed"] is True
    assert read(client, path(where)).equals(numbers.slice(0, 5))


def test_overwrite_replaces_rows_and_schema(client, home, numbers):
    where = f"{home}/again"
    put_table(client, path(where), numbers.slice(0, 100))
    other = numbers.select(["name"]).slice(0, 7)
    put_table(client, command("dataset.put", path=where, mode="overwrite"), other)
    assert client.get_schema(path(where)).schema == other.schema
    assert read(client, path(where)).equals(other)


def test_partition_rows_cuts_files(client, home, numbers):
    where = f"{home}/cut"
    put_table(client, command("dataset.put", path=where, partition_rows=1_000), numbers.slice(0, 3_500), batch_rows=333)
    files = act(client, "dataset.info", path=where)["files"]
    assert [each["rows"] for each in files] == [1_000, 1_000, 1_000, 500]
    assert read(client, path(where)).equals(numbers.slice(0, 3_500))


def test_partition_by_keeps_a_value_in_one_file(client, home, numbers):
    where = f"{home}/by-name"
    table = numbers.slice(0, 970)
    table = table.set_column(2, "name", pa.array([f"k{i % 5}" for i in range(970)]))
    put_table(client, command("dataset.put", path=where, partition_by="name"), table, batch_rows=100)

    found = info(client, path(where))
    assert len(found.endpoints) == 5
    parts = [read_endpoint(endpoint) for endpoint in found.endpoints]
    assert sorted(name for part in parts for name in set(part["name"].to_pylist())) == [f"k{i}" for i in range(5)]
    assert pa.concat_tables(parts).sort_by("row").equals(table)


@pytest.mark.parametrize("compression", ["none", "lz4", "zstd"])
def test_compression_is_not_seen_by_readers(client, home, numbers, compression):
    where = f"{home}/packed"
    put_table(client, command("dataset.put", path=where, compression=compression), numbers)
    assert read(client, path(where)).equals(numbers)
    projected = read(client, command("dataset.read", path=where, columns=["name"], rows=[10, 20]))
    assert projected.equals(numbers.select(["name"]).slice(10, 10))


def test_a_put_retried_with_its_id_happens_once(clients, home, numbers):
    where, put_id = f"{home}/idempotent", uuid.uuid4().hex
    order = command("dataset.put", path=where, put_id=put_id)
    first = put_table(clients[0], order, numbers.slice(0, 10))
    again = put_table(clients[0], order, numbers.slice(0, 10))
    elsewhere = put_table(clients[1], order, numbers.slice(0, 10))
    assert first == again == elsewhere
    assert info(clients[0], path(where)).total_records == 10

    append = command("dataset.put", path=where, mode="append", put_id=uuid.uuid4().hex)
    one = put_table(clients[0], append, numbers.slice(10, 5))
    two = put_table(clients[2], append, numbers.slice(10, 5))
    assert one == two
    assert read(clients[0], path(where)).equals(numbers.slice(0, 15))


def test_a_session_is_seen_when_it_is_committed(clients, home, numbers):
    where = f"{home}/session"
    begun = act(clients[0], "dataset.begin", path=where)
    assert begun["path"] == where
    assert begun["expires_ms"] > time.time() * 1000
    for i, each in enumerate(clients):
        result = put_table(each, command("dataset.put", session=begun["session"]), numbers.slice(i * 100, 100))
        assert result["committed"] is False
        assert result["rows"] == 100
    assert not exists(clients[0], where)

    result = act(clients[1], "dataset.commit", session=begun["session"])

    assert result["committed"] is True
    assert result["rows"] == 300
    assert read(clients[0], path(where)).sort_by("row").equals(numbers.slice(0, 300))


def test_a_session_aborted_leaves_nothing(client, home, numbers):
    where = f"{home}/aborted"
    begun = act(client, "dataset.begin", path=where)
    put_table(client, command("dataset.put", session=begun["session"]), numbers.slice(0, 10))
    assert act(client, "dataset.abort", session=begun["session"]) == {"aborted": True}
    assert act(client, "dataset.abort", session=begun["session"]) == {"aborted": True}
    assert not exists(client, where)
    assert refused(act, client, "dataset.commit", session=begun["session"]).code == "NOT_FOUND"


def test_in_a_session_schemas_must_agree(client, home, numbers):
    begun = act(client, "dataset.begin", path=f"{home}/mixed")
    put_table(client, command("dataset.put", session=begun["session"]), numbers.slice(0, 10))
    refusal = refused(
        put_table, client, command("dataset.put", session=begun["session"]), numbers.select(["row"]).slice(0, 10)
    )
    assert refusal.code == "SCHEMA_MISMATCH"
    act(client, "dataset.abort", session=begun["session"])


def test_a_put_broken_off_half_way_leaves_nothing(addresses, client, home, numbers):
    where = f"{home}/broken"
    _die_while_writing(addresses[0], where, raw=False)
    _never_appears(client, where)
    put_table(client, path(where), numbers.slice(0, 3))
    assert read(client, path(where)).num_rows == 3


def test_raw_bytes_broken_off_half_way_leave_nothing(addresses, client, home):
    where = f"{home}/broken.bin"
    _die_while_writing(addresses[0], where, raw=True)
    _never_appears(client, where)


def test_an_overwrite_broken_off_leaves_what_was_there(addresses, client, home, numbers):
    where = f"{home}/kept"
    put_table(client, path(where), numbers.slice(0, 10))
    _die_while_writing(addresses[0], where, raw=False, mode="overwrite")
    for _ in range(5):
        assert read(client, path(where)).equals(numbers.slice(0, 10))
        time.sleep(0.2)


def test_a_put_cancelled_by_its_deadline_leaves_nothing(client, home, numbers):
    where = f"{home}/late"
    writer, _ = client.do_put(path(where), numbers.schema, flight.FlightCallOptions(timeout=0.5))
    with pytest.raises((flight.FlightError, pa.lib.ArrowException)):
        with writer:
            for _ in range(100):
                writer.write_table(numbers)
                time.sleep(0.05)
    _never_appears(client, where)


def _die_while_writing(address, where, raw, mode="create"):
    """Another process writes half a put, and dies without a goodbye."""
    program = f"""
        import json, os, sys, time
        sys.path.insert(0, {str(pathlib.Path(__file__).parent)!r})
        import pyarrow as pa, pyarrow.flight as flight
        import grid
        client = grid.connect({address!r})
        if {raw}:
            schema, batch = grid.RAW, grid.raw_batch(b"x" * (1 << 20))
            target = grid.path({where!r})
        else:
            schema = pa.schema([("row", pa.int64())])
            batch = pa.record_batch([pa.array(range(100_000), pa.int64())], schema=schema)
            target = grid.command("dataset.put", path={where!r}, mode={mode!r})
        writer, _ = client.do_put(target, schema)
        for _ in range(20):
            writer.write_batch(batch)
        time.sleep(0.5)
        print("half", flush=True)
        os._exit(9)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 9 and "half" in done.stdout, done.stdout + done.stderr


def _never_appears(client, where):
    for _ in range(10):
        assert not exists(client, where)
        time.sleep(0.2)
