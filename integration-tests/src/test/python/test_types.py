"""Every kind of column goes in and comes out as it was."""

import datetime as dt
import decimal

import pyarrow as pa
import pyarrow.flight as flight
import pytest

from grid import command, exists, info, path, put, put_table, read, refused

DAY = dt.date(2024, 2, 29)
NOW = dt.datetime(2024, 2, 29, 12, 30, 45, 123456)

COLUMNS = {
    "bool": pa.array([True, None, False]),
    "int8": pa.array([-128, None, 127], pa.int8()),
    "int16": pa.array([-(1 << 15), None, (1 << 15) - 1], pa.int16()),
    "int32": pa.array([-(1 << 31), None, (1 << 31) - 1], pa.int32()),
    "int64": pa.array([-(1 << 63), None, (1 << 63) - 1], pa.int64()),
    "uint8": pa.array([0, None, 255], pa.uint8()),
    "uint16": pa.array([0, None, 65535], pa.uint16()),
    "uint32": pa.array([0, None, (1 << 32) - 1], pa.uint32()),
    "uint64": pa.array([0, None, (1 << 64) - 1], pa.uint64()),
    "float32": pa.array([1.5, None, float("-inf")], pa.float32()),
    "float64": pa.array([1e300, None, -0.0], pa.float64()),
    "float16": pa.array([1.5, None, -2.0], pa.float16()),
    "string": pa.array(["", None, "Grüße, 世界"], pa.string()),
    "large-string": pa.array(["", None, "long"], pa.large_string()),
    "binary": pa.array([b"", None, bytes(range(256))], pa.binary()),
    "large-binary": pa.array([b"", None, b"\0"], pa.large_binary()),
    "fixed-binary": pa.array([b"abcd", None, b"\0\1\2\3"], pa.binary(4)),
    "decimal128": pa.array([decimal.Decimal("1234567890.12"), None, decimal.Decimal("-0.01")], pa.decimal128(38, 2)),
    "decimal256": pa.array([decimal.Decimal(10) ** 70, None, decimal.Decimal(-1)], pa.decimal256(76, 0)),
    "date32": pa.array([DAY, None, DAY], pa.date32()),
    "date64": pa.array([DAY, None, DAY], pa.date64()),
    "time32": pa.array([dt.time(1, 2, 3), None, dt.time(0)], pa.time32("s")),
    "time64": pa.array([dt.time(1, 2, 3, 4), None, dt.time(0)], pa.time64("us")),
    "timestamp-s": pa.array([NOW.replace(microsecond=0), None, None], pa.timestamp("s")),
    "timestamp-ms": pa.array([1, None, -1], pa.timestamp("ms")),
    "timestamp-us": pa.array([NOW, None, NOW], pa.timestamp("us")),
    "timestamp-ns": pa.array([1, None, (1 << 62)], pa.timestamp("ns")),
    "timestamp-utc": pa.array([NOW, None, NOW], pa.timestamp("us", "UTC")),
    "timestamp-zone": pa.array([NOW, None, NOW], pa.timestamp("us", "Europe/Berlin")),
    "duration": pa.array([1, None, -1], pa.duration("ns")),
    "interval": pa.array([(1, 2, 3), None, (-1, 0, 0)], pa.month_day_nano_interval()),
    "null": pa.nulls(3),
    "list": pa.array([[1, None, 3], None, []], pa.list_(pa.int32())),
    "large-list": pa.array([["a"], None, []], pa.large_list(pa.string())),
    "fixed-list": pa.array([[1.0, 2.0], None, [3.0, 4.0]], pa.list_(pa.float32(), 2)),
    "struct": pa.array([{"a": 1, "b": "x"}, None, {"a": None, "b": ""}]),
    "map": pa.array([[("k", 1)], None, []], pa.map_(pa.string(), pa.int64())),
    "nested": pa.array(
        [[{"a": [1, 2], "b": {"c": "x"}}], None, [None, {"a": None, "b": {"c": None}}]],
        pa.list_(pa.struct([("a", pa.list_(pa.int64())), ("b", pa.struct([("c", pa.string())]))])),
    ),
    "dictionary": pa.array(["red", None, "red"]).dictionary_encode(),
    "dictionary-int8": pa.DictionaryArray.from_arrays(pa.array([0, None, 1], pa.int8()), ["on", "off"]),
    "dictionary-of-numbers": pa.DictionaryArray.from_arrays(pa.array([0, 1, 0], pa.int16()), pa.array([7, 8])),
    "list-of-dictionary": pa.ListArray.from_arrays([0, 2, 2, 3], pa.array(["a", "b", "a"]).dictionary_encode()),
    "dense-union": pa.UnionArray.from_dense(
        pa.array([0, 1, 0], pa.int8()),
        pa.array([0, 0, 1], pa.int32()),
        [pa.array([1, 2]), pa.array(["x"])],
    ),
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_column_comes_back_as_it_was(client, home, kind):
    table = pa.table({"before": pa.array([1, 2, 3]), kind: COLUMNS[kind], "after": pa.array(["a", "b", "c"])})
    where = f"{home}/{kind}"
    put_table(client, path(where), table)
    back = read(client, path(where))
    assert back.schema == table.schema
    _same(back, table)
    _same(read(client, command("dataset.read", path=where, columns=[kind], rows=[1, 3])), table.select([kind]).slice(1))


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_column_without_rows_keeps_its_type(client, home, kind):
    table = pa.table({kind: COLUMNS[kind]}).slice(0, 0)
    where = f"{home}/{kind}"
    put_table(client, path(where), table)
    back = read(client, path(where))
    assert back.num_rows == 0
    assert back.schema == table.schema


def test_all_columns_in_one_dataset(client, home):
    table = pa.table(COLUMNS)
    put_table(client, command("dataset.put", path=f"{home}/all", partition_rows=2), table)
    back = read(client, path(f"{home}/all"))
    assert back.schema == table.schema
    _same(back, table)


def test_dictionaries_may_differ_from_batch_to_batch(client, home):
    colours = [["red", "green"], ["blue"], ["green", "red", "blue"]]
    schema = pa.schema([("colour", pa.dictionary(pa.int32(), pa.string()))])
    batches = [pa.record_batch([pa.array(each).dictionary_encode()], schema=schema) for each in colours]
    put(client, path(f"{home}/colours"), schema, batches)
    back = read(client, path(f"{home}/colours"))
    assert back.schema == schema
    assert back["colour"].to_pylist() == [colour for each in colours for colour in each]


def _growing(kind):
    """Batches whose dictionary grows, and whose last indices are also places of the delta alone."""
    colours = [["red", "green", "blue"], ["red", "green", "blue", "black", "white"]]
    indices = [[0, 1, 2], [0, 3, 4, 1]]
    arrays = [pa.DictionaryArray.from_arrays(pa.array(i, pa.int32()), pa.array(c)) for i, c in zip(indices, colours)]
    if kind == "nested":
        arrays = [pa.StructArray.from_arrays([array], names=["colour"]) for array in arrays]
    schema = pa.schema([("n", pa.int64()), ("seen" if kind == "nested" else "colour", arrays[0].type)])
    return [pa.record_batch([pa.array(range(len(array))), array], schema=schema) for array in arrays]


@pytest.mark.parametrize(("kind", "field"), [("plain", "colour"), ("nested", "seen.colour")])
def test_a_dictionary_that_grows_by_a_delta_is_refused(client, home, kind, field):
    batches = _growing(kind)
    deltas = flight.FlightCallOptions(write_options=pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True))
    order = command("dataset.put", path=f"{home}/deltas")
    refusal = refused(put, client, order, batches[0].schema, batches, deltas)
    assert refusal.code == "UNSUPPORTED"
    assert f"'{field}'" in refusal.text
    assert "emit_dictionary_deltas=False" in refusal.text
    assert not exists(client, f"{home}/deltas")
    put(client, order, batches[0].schema, batches)
    assert read(client, path(f"{home}/deltas")).to_pylist() == pa.Table.from_batches(batches).to_pylist()


def test_metadata_of_schema_and_fields_is_kept(client, home):
    schema = pa.schema(
        [pa.field("a", pa.int64(), nullable=False, metadata={"unit": "m"}), pa.field("b", pa.string())],
        metadata={"origin": "test", "binary": b"\x01\x02"},
    )
    table = pa.table([pa.array([1, 2]), pa.array(["x", None])], schema=schema)
    put_table(client, path(f"{home}/meta"), table)
    assert client.get_schema(path(f"{home}/meta")).schema.equals(schema, check_metadata=True)
    assert read(client, path(f"{home}/meta")).schema.equals(schema, check_metadata=True)


def test_names_twice_odd_and_empty_are_kept(client, home):
    schema = pa.schema([("", pa.int8()), ("a.b", pa.int8()), ("世界", pa.int8()), ("same", pa.int8()), ("same", pa.int8())])
    table = pa.table([pa.array([i], pa.int8()) for i in range(5)], schema=schema)
    put_table(client, path(f"{home}/names"), table)
    _same(read(client, path(f"{home}/names")), table)


def test_ten_thousand_columns(client, home):
    columns = 10_000
    table = pa.table([pa.array([i % 100, None], pa.int8()) for i in range(columns)], [f"column-{i}" for i in range(columns)])
    where = f"{home}/wide"
    put_table(client, path(where), table)
    assert info(client, path(where)).schema == table.schema
    assert read(client, path(where)).equals(table)
    chosen = ["column-9999", "column-0"]
    assert read(client, command("dataset.read", path=where, columns=chosen)).equals(table.select(chosen))


def _same(back, table):
    back.validate(full=True)
    assert back.num_rows == table.num_rows
    for one, other in zip(back.columns, table.columns):
        assert one.type == other.type
        # Dictionaries may be cut differently; what does not fit Python's own times is compared as it is.
        assert one.equals(other) or one.to_pylist() == other.to_pylist()
