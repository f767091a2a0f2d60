"""Directories of Parquet files are datasets: stored untouched, read as record batches."""

import datetime as dt
import decimal
import hashlib
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from grid import act, command, info, path, put_bytes, raw, read, refused


def parquet(table, **options):
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def numbers(start, stop):
    values = range(start, stop)
    return pa.table({
        "n": pa.array(values, pa.int64()),
        "t": pa.array([f"row {i}" for i in values], pa.string()),
        "half": pa.array([i / 2 for i in values], pa.float64()),
    })


@pytest.fixture
def parts(client, home):
    """Two files in row groups of 700 rows, and what a writer leaves beside them."""
    made = {f"{home}/part-0.parquet": parquet(numbers(0, 5000), row_group_size=700),
            f"{home}/part-1.parquet": parquet(numbers(5000, 6000), row_group_size=700, compression="zstd")}
    for where, content in made.items():
        put_bytes(client, path(where), content)
    put_bytes(client, path(f"{home}/_SUCCESS"), b"")
    return made


def test_files_stay_as_they_are(client, parts):
    for where, content in parts.items():
        stored = raw(read(client, path(where)))
        assert hashlib.sha256(stored).hexdigest() == hashlib.sha256(content).hexdigest()


def test_the_directory_is_listed_with_schema_and_rows(clients, home, parts):
    expected = pa.schema([("n", pa.int64()), ("t", pa.string()), ("half", pa.float64())])
    for each in clients:
        found = info(each, path(home))
        assert (found.schema, found.total_records, len(found.endpoints)) == (expected, 6000, 2)
    listed = list(clients[0].list_flights(b'{"path": "%s"}' % home.encode()))
    assert [each.descriptor.path for each in listed] == [[name.encode() for name in home.strip("/").split("/")]]
    described = act(clients[1], "dataset.info", path=home)
    assert [(each["name"], each["rows"]) for each in described["files"]] == [
        ("part-0.parquet", 5000), ("part-1.parquet", 1000)]


def test_all_rows_come_in_order(clients, home, parts):
    for each in clients:
        assert read(each, path(home)).equals(numbers(0, 6000))


@pytest.mark.parametrize("rows", [(0, 0), (0, 1), (699, 701), (1400, 4900), (4999, 5001), (5999, 9000), (0, 6000)])
def test_columns_and_ranges_of_rows(client, home, parts, rows):
    got = read(client, command("dataset.read", path=home, columns=["t", "n"], rows=list(rows)))
    assert got.equals(numbers(rows[0], min(rows[1], 6000)).select(["t", "n"]))


COLUMNS = {
    "bool": pa.array([True, None, False]),
    "int8": pa.array([-128, None, 127], pa.int8()),
    "int16": pa.array([-(1 << 15), None, (1 << 15) - 1], pa.int16()),
    "int32": pa.array([-(1 << 31), None, (1 << 31) - 1], pa.int32()),
    "uint32": pa.array([0, None, (1 << 32) - 1], pa.uint32()),
    "uint64": pa.array([0, None, (1 << 64) - 1], pa.uint64()),
    "float32": pa.array([1.5, None, float("-inf")], pa.float32()),
    "float64": pa.array([1e300, None, -0.0], pa.float64()),
    "string": pa.array(["", None, "Grüße, 世界"]),
    "binary": pa.array([b"", None, bytes(range(256))], pa.binary()),
    "decimal": pa.array([decimal.Decimal("1234567890.12"), None, decimal.Decimal("-0.01")], pa.decimal128(38, 2)),
    "date": pa.array([dt.date(2024, 2, 29), None, dt.date(1969, 1, 1)], pa.date32()),
    "timestamp": pa.array([dt.datetime(2024, 2, 29, 12, 30, 45, 123456), None, None], pa.timestamp("us")),
    "zoned": pa.array([dt.datetime(2024, 2, 29, tzinfo=dt.timezone.utc), None, None], pa.timestamp("us", "UTC")),
    "list": pa.array([[1, None, 3], None, []], pa.list_(pa.int32())),
    "struct": pa.array([{"a": 1, "b": "x"}, None, {"a": None, "b": "y"}]),
    "map": pa.array([[("k", 1)], None, []], pa.map_(pa.string(), pa.int32())),
    "nested": pa.array([[{"a": [1, 2]}], [], None]),
    "dictionary": pa.array(["a", None, "a"]).dictionary_encode(),
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_every_kind_of_column(client, home, kind):
    table = pa.table({"k": pa.array([1, 2, 3]), "c": COLUMNS[kind]})
    put_bytes(client, path(f"{home}/a.parquet"), parquet(table))
    got = read(client, path(home))
    assert got.column("c").to_pylist() == table.column("c").to_pylist()
    assert read(client, command("dataset.read", path=home, columns=["c"])).column("c").to_pylist() == got.column(
        "c").to_pylist()


def test_other_files_make_it_a_directory(client, home, parts):
    put_bytes(client, path(f"{home}/notes.txt"), b"x")
    assert refused(info, client, path(home)).code == "IS_A_DIRECTORY"


def test_files_of_other_columns_are_refused_by_name(client, home, parts):
    put_bytes(client, path(f"{home}/part-2.parquet"), parquet(pa.table({"n": ["x"]})))
    refusal = refused(info, client, path(home))
    assert refusal.code == "SCHEMA_MISMATCH"
    assert "part-2.parquet" in refusal.body["message"]


def test_what_is_none_is_refused_and_not_listed(client, home, parts):
    put_bytes(client, path(f"{home}/broken/a.parquet"), b"PAR1 nothing of the kind PAR2")
    assert refused(info, client, path(f"{home}/broken")).code == "CORRUPT_DATA"
    assert list(client.list_flights(b'{"path": "%s/broken"}' % home.encode())) == []
