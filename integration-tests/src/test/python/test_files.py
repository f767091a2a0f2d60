"""Raw bytes and the fs actions."""

import base64
import os

import pyarrow as pa
import pyarrow.flight as flight
import pytest

from grid import RAW, act, command, exists, info, path, put_bytes, put_table, raw, read, refused

INLINE = 4 << 10
BLOCK = 64 << 20


def crc32c_table():
    table = list(range(256))
    for _ in range(8):
        table = [each >> 1 ^ (0x82F63B78 if each & 1 else 0) for each in table]
    return table


CRC32C = crc32c_table()


def crc32c(content):
    crc = 0xFFFFFFFF
    for byte in content:
        crc = CRC32C[crc & 255 ^ byte] ^ crc >> 8
    return f"{crc ^ 0xFFFFFFFF:08x}"


@pytest.mark.parametrize("size", [0, 1, INLINE, INLINE + 1, 65_536, 1_000_003, (3 << 20) + 17])
def test_bytes_come_back_as_they_were(clients, home, size):
    content = os.urandom(size)
    where = f"{home}/file.bin"
    result = put_bytes(clients[0], path(where), content)
    assert result == {"committed": True, "path": where, "size_bytes": size, "version": result["version"]}
    status = act(clients[1], "fs.stat", path=where)
    assert (status["kind"], status["size_bytes"], status["state"]) == ("file", size, "sealed")
    for each in clients:
        found = info(each, path(where))
        assert found.schema == RAW
        assert found.total_bytes == size
        assert raw(read(each, path(where))) == content


def test_a_file_of_two_blocks_has_two_endpoints(client, home):
    content = os.urandom(1 << 20) * 70
    put_bytes(client, path(f"{home}/large"), content)
    found = info(client, path(f"{home}/large"))
    assert len(found.endpoints) == 2
    assert all(len(endpoint.locations) == 2 for endpoint in found.endpoints)
    assert raw(read(client, path(f"{home}/large"))) == content
    blocks = act(client, "fs.locate", path=f"{home}/large")["blocks"]
    assert [block["offset"] for block in blocks] == [0, BLOCK]
    assert [block["size_bytes"] for block in blocks] == [BLOCK, len(content) - BLOCK]
    around = command("file.read", path=f"{home}/large", offset=BLOCK - 5, length_bytes=10)
    assert raw(read(client, around)) == content[BLOCK - 5 : BLOCK + 5]


@pytest.mark.parametrize("part", [(0, 10), (65_530, 20), (100_000, 1), (2_999_990, 10), (0, 3_000_000), (7, 0)])
def test_a_part_of_a_file(client, home, part):
    offset, length = part
    content = os.urandom(3_000_000)
    put_bytes(client, path(f"{home}/parts"), content)
    wanted = command("file.read", path=f"{home}/parts", offset=offset, length_bytes=length)
    assert raw(read(client, wanted)) == content[offset : offset + length]


def test_a_part_past_the_end_is_refused(client, home):
    put_bytes(client, path(f"{home}/short"), b"0123456789")
    wanted = command("file.read", path=f"{home}/short", offset=5, length_bytes=6)
    assert refused(info, client, wanted).code == "INVALID_ARGUMENT"


def test_batches_of_bytes_are_at_most_a_mebibyte(client, home):
    content = os.urandom(5_000_000)
    put_bytes(client, path(f"{home}/chunks"), content, chunk_bytes=5_000_000)
    for endpoint in info(client, path(f"{home}/chunks")).endpoints:
        for chunk in flight.FlightClient(endpoint.locations[0]).do_get(endpoint.ticket):
            assert chunk.data.num_rows <= 1 << 20


def test_a_put_of_bytes_with_options(client, home):
    where = f"{home}/options"
    order = command("file.put", path=where, put_id=f"put-{home}", replicas=1, durability="process")
    first = put_bytes(client, order, b"a" * 100_000)
    assert put_bytes(client, order, b"a" * 100_000) == first
    blocks = act(client, "fs.locate", path=where)["blocks"]
    assert blocks[0]["replicas"] == 1 and len(blocks[0]["holders"]) == 1
    assert refused(put_bytes, client, command("file.put", path=where), b"b").code == "ALREADY_EXISTS"
    second = put_bytes(client, command("file.put", path=where, overwrite=True), b"b")
    assert second["version"] > first["version"]
    assert raw(read(client, path(where))) == b"b"


def test_more_replicas_than_nodes_are_accepted_and_reported(client, home):
    where = f"{home}/many"
    put_bytes(client, command("file.put", path=where, replicas=5), os.urandom(100_000))
    (block,) = act(client, "fs.locate", path=where)["blocks"]
    assert block["replicas"] == 5
    assert len(block["holders"]) == 3
    assert act(client, "fs.stat", path=where)["replicas"] == 5


def test_stat_tells_what_an_entry_is(client, home, numbers):
    put_table(client, path(f"{home}/data"), numbers)
    put_bytes(client, path(f"{home}/file"), b"12345")
    directory, dataset, file = (act(client, "fs.stat", path=p) for p in (home, f"{home}/data", f"{home}/file"))
    assert (directory["kind"], dataset["kind"], file["kind"]) == ("directory", "dataset", "file")
    assert len({directory["id"], dataset["id"], file["id"]}) == 3
    assert file["size_bytes"] == 5
    for status in (directory, dataset, file):
        assert {"path", "kind", "id", "size_bytes", "version", "created_ms", "modified_ms", "owner"} <= status.keys()
        assert 0 < status["created_ms"] <= status["modified_ms"]


def test_list_pages_in_order_of_name(client, home):
    names = [f"n{i:03}" for i in range(25)]
    for name in reversed(names):
        put_bytes(client, path(f"{home}/{name}"), name.encode())
    seen, token, pages = [], None, 0
    while True:
        more = {"page_token": token} if token else {}
        page = act(client, "fs.list", path=home, page_size=10, **more)
        seen += [entry["path"] for entry in page["entries"]]
        pages += 1
        token = page.get("next_page_token")
        if not token:
            break
    assert seen == [f"{home}/{name}" for name in names]
    assert pages == 3
    assert refused(act, client, "fs.list", path=home, page_token="nonsense").code == "INVALID_ARGUMENT"
    assert refused(act, client, "fs.list", path=f"{home}/n001").code == "NOT_A_DIRECTORY"


def test_the_root_is_listed_without_what_the_grid_keeps_for_itself(client, home):
    entries = act(client, "fs.list", path="/")["entries"]
    assert "/pytest" in [entry["path"] for entry in entries]
    assert not any(entry["path"].startswith("/.swarm") for entry in entries)


def test_mkdir_with_and_without_parents(client, home):
    assert act(client, "fs.mkdir", path=f"{home}/a")["kind"] == "directory"
    assert refused(act, client, "fs.mkdir", path=f"{home}/a").code == "ALREADY_EXISTS"
    assert refused(act, client, "fs.mkdir", path=f"{home}/x/y").code == "NOT_FOUND"
    assert act(client, "fs.mkdir", path=f"{home}/x/y", parents=True)["path"] == f"{home}/x/y"
    assert act(client, "fs.mkdir", path=f"{home}/x/y", parents=True)["path"] == f"{home}/x/y"
    put_bytes(client, path(f"{home}/file"), b"1")
    assert refused(act, client, "fs.mkdir", path=f"{home}/file/below").code == "NOT_A_DIRECTORY"


def test_rename_keeps_the_identity(client, home, numbers):
    put_bytes(client, path(f"{home}/old"), b"content")
    before = act(client, "fs.stat", path=f"{home}/old")
    after = act(client, "fs.rename", **{"from": f"{home}/old", "to": f"{home}/new"})
    assert (after["id"], after["path"]) == (before["id"], f"{home}/new")
    assert not exists(client, f"{home}/old")
    assert raw(read(client, path(f"{home}/new"))) == b"content"

    put_table(client, path(f"{home}/data"), numbers.slice(0, 5))
    act(client, "fs.mkdir", path=f"{home}/deep")
    act(client, "fs.rename", **{"from": f"{home}/data", "to": f"{home}/deep/data"})
    assert read(client, path(f"{home}/deep/data")).equals(numbers.slice(0, 5))


def test_rename_refuses_what_would_lose_something(client, home):
    put_bytes(client, path(f"{home}/one"), b"1")
    put_bytes(client, path(f"{home}/two"), b"2")
    act(client, "fs.mkdir", path=f"{home}/directory")
    assert refused(act, client, "fs.rename", **{"from": f"{home}/one", "to": f"{home}/two"}).code == "ALREADY_EXISTS"
    into_itself = {"from": f"{home}/directory", "to": f"{home}/directory/below"}
    assert refused(act, client, "fs.rename", **into_itself).code == "INVALID_ARGUMENT"
    assert refused(act, client, "fs.rename", **{"from": f"{home}/no", "to": f"{home}/x"}).code == "NOT_FOUND"
    act(client, "fs.rename", **{"from": f"{home}/one", "to": f"{home}/two", "overwrite": True})
    assert raw(read(client, path(f"{home}/two"))) == b"1"


def test_rename_and_remove_with_an_operation_id_happen_once(clients, home):
    put_bytes(clients[0], path(f"{home}/a"), b"1")
    rename = {"from": f"{home}/a", "to": f"{home}/b", "operation_id": f"rename-{home}"}
    first = act(clients[0], "fs.rename", **rename)
    assert act(clients[1], "fs.rename", **rename)["id"] == first["id"]
    remove = {"path": f"{home}/b", "operation_id": f"remove-{home}"}
    assert act(clients[0], "fs.remove", **remove) == {"removed": True}
    assert act(clients[2], "fs.remove", **remove) == {"removed": True}


@pytest.mark.parametrize("sizes", [[3, 5], [0, 4000, 4000], [3, 100_000], [300_000, 7, 9, 0, 200_000, 11]])
def test_concat_joins_files_in_their_order(clients, home, sizes):
    parts = [bytes([65 + i]) * size for i, size in enumerate(sizes)]
    names = [f"{home}/d{i % 2}/part{i}" for i in range(len(parts))]
    for name, part in zip(names, parts):
        put_bytes(clients[0], path(name), part)
    before = act(clients[1], "fs.stat", path=names[0])
    concat = {"path": names[0], "sources": names[1:], "operation_id": f"concat-{home}"}
    joined = act(clients[0], "fs.concat", **concat)
    assert (joined["id"], joined["size_bytes"]) == (before["id"], sum(sizes))
    assert joined["version"] == before["version"] + 1
    assert act(clients[1], "fs.concat", **concat) == joined
    for client in clients:
        assert raw(read(client, path(names[0]))) == b"".join(parts)
        assert not any(exists(client, name) for name in names[1:])
    assert act(clients[2], "fs.check", path=home, verify=True).get("problems", []) == []
    for size in [0, 3, sum(sizes) // 2, sum(sizes), 1 << 40]:
        assert act(clients[1], "fs.checksum", path=names[0], size_bytes=size) == {
            "path": names[0],
            "size_bytes": min(size, sum(sizes)),
            "crc32c": crc32c(b"".join(parts)[:size]),
        }
    assert refused(act, clients[0], "fs.checksum", path=home).code == "IS_A_DIRECTORY"
    assert act(clients[2], "fs.truncate", path=names[0], size_bytes=sum(sizes) - 1)["size_bytes"] == sum(sizes) - 1
    assert raw(read(clients[0], path(names[0]))) == b"".join(parts)[:-1]


def test_an_empty_file_is_made_once_and_filled_wherever_it_is(clients, home):
    act(clients[0], "fs.mkdir", path=home, parents=True)
    create = {"path": f"{home}/f", "owner": "ada", "group": "vision", "permission": 0o640}
    made = act(clients[0], "fs.create", **create, operation_id=f"create-{home}")
    assert (made["size_bytes"], made["state"]) == (0, "sealed")
    assert (made["owner"], made["group"], made["permission"]) == ("ada", "vision", 0o640)
    assert act(clients[1], "fs.create", **create, operation_id=f"create-{home}") == made
    assert refused(act, clients[1], "fs.create", **create).code == "ALREADY_EXISTS"
    assert refused(act, clients[1], "fs.create", path=f"{home}/no/f").code == "NOT_FOUND"
    act(clients[2], "fs.rename", **{"from": f"{home}/f", "to": f"{home}/g"})

    content = b"a few bytes"
    fill = {"path": f"{home}/f", "id": made["id"], "content": base64.b64encode(content).decode(), "modified_ms": 1000}
    wrong = refused(act, clients[1], "fs.fill", **fill, crc32c=crc32c(b"others"))
    assert wrong.code == "CORRUPT_INPUT"
    filled = act(clients[1], "fs.fill", **fill, crc32c=crc32c(content), operation_id=f"fill-{home}")
    assert (filled["id"], filled["path"], filled["modified_ms"]) == (made["id"], f"{home}/g", 1000)
    assert act(clients[2], "fs.fill", **fill, crc32c=crc32c(content), operation_id=f"fill-{home}") == filled
    assert refused(act, clients[2], "fs.fill", **fill).code == "PRECONDITION_FAILED"
    assert raw(read(clients[0], path(f"{home}/g"))) == content
    assert refused(act, clients[0], "fs.fill", **{**fill, "content": "A" * 8000}).code == "INVALID_ARGUMENT"

    put_bytes(clients[0], path(f"{home}/f"), b"another")
    cut = {"path": f"{home}/f", "size_bytes": 0, "id": made["id"]}
    assert refused(act, clients[1], "fs.truncate", **cut).code == "CONFLICT"
    assert act(clients[1], "fs.truncate", **{**cut, "path": f"{home}/g"})["id"] == made["id"]


def test_concat_refuses_what_it_cannot_join(client, home, numbers):
    put_bytes(client, path(f"{home}/a"), b"a")
    put_bytes(client, path(f"{home}/b"), b"b")
    put_table(client, path(f"{home}/data"), numbers.slice(0, 5))
    a, b = f"{home}/a", f"{home}/b"
    (partition,) = act(client, "dataset.info", path=f"{home}/data")["files"]
    for sources, code in [
        ([], "INVALID_ARGUMENT"),
        ([a], "INVALID_ARGUMENT"),
        ([b, b], "INVALID_ARGUMENT"),
        ([b, f"{home}/none"], "NOT_FOUND"),
        ([b, home], "IS_A_DIRECTORY"),
        ([f"{home}/data/{partition['name']}"], "INVALID_ARGUMENT"),
        (["/.swarm/staging/x"], "PERMISSION_DENIED"),
    ]:
        assert refused(act, client, "fs.concat", path=a, sources=sources).code == code, sources
    assert refused(act, client, "fs.concat", path=f"{home}/none", sources=[b]).code == "NOT_FOUND"
    assert raw(read(client, path(a))) + raw(read(client, path(b))) == b"ab"


def test_remove_needs_recursive_where_something_is_below(client, home):
    act(client, "fs.mkdir", path=f"{home}/full")
    put_bytes(client, path(f"{home}/full/file"), b"1")
    assert refused(act, client, "fs.remove", path=f"{home}/full").code == "DIRECTORY_NOT_EMPTY"
    assert act(client, "fs.remove", path=f"{home}/full", recursive=True) == {"removed": True}
    assert not exists(client, f"{home}/full/file")
    assert refused(act, client, "fs.remove", path=f"{home}/full").code == "NOT_FOUND"


def test_usage_adds_up(client, home):
    act(client, "fs.mkdir", path=f"{home}/below")
    put_bytes(client, command("file.put", path=f"{home}/below/a", replicas=2), b"a" * 100_000)
    put_bytes(client, command("file.put", path=f"{home}/b", replicas=1), b"b" * 50_000)
    usage = act(client, "fs.usage", path=home)
    assert usage["files"] == 2
    assert usage["size_bytes"] == 150_000
    assert usage["stored_bytes"] == 250_000
    assert usage["directories"] >= 1


def test_locate_names_the_holders(client, addresses, home):
    put_bytes(client, path(f"{home}/file"), b"x" * 100_000)
    located = act(client, "fs.locate", path=f"{home}/file")
    (block,) = located["blocks"]
    assert located["path"] == f"{home}/file"
    assert (block["offset"], block["size_bytes"], block["replicas"]) == (0, 100_000, 2)
    assert len(block["holders"]) == 2
    for holder in block["holders"]:
        assert holder["live"] is True
        assert any(holder["location"].endswith(address) for address in addresses)
        assert holder["node"] in ("n1", "n2", "n3")
    assert act(client, "fs.locate", path=_small(client, home))["blocks"] == []
    assert refused(act, client, "fs.locate", path=home).code == "IS_A_DIRECTORY"


def test_attributes_are_set_kept_and_removed(client, home):
    put_bytes(client, path(f"{home}/file"), b"1")
    status = act(client, "fs.set_attribute", path=f"{home}/file", name="team", value="vision")
    assert status["attributes"]["team"] == "vision"
    act(client, "fs.rename", **{"from": f"{home}/file", "to": f"{home}/moved"})
    assert act(client, "fs.stat", path=f"{home}/moved")["attributes"]["team"] == "vision"
    gone = act(client, "fs.set_attribute", path=f"{home}/moved", name="team")
    assert "team" not in gone.get("attributes", {})
    too_large = refused(act, client, "fs.set_attribute", path=f"{home}/moved", name="big", value="x" * 20_000)
    assert too_large.code == "INVALID_ARGUMENT"


def test_a_directory_says_how_its_files_are_kept(client, home):
    act(client, "fs.mkdir", path=f"{home}/lab")
    act(client, "fs.set_attribute", path=f"{home}/lab", name="swarm.replicas", value="1")
    act(client, "fs.set_attribute", path=f"{home}/lab", name="swarm.durability", value="process")
    made = act(client, "fs.mkdir", path=f"{home}/lab/deep")
    assert made["attributes"] == {"swarm.replicas": "1", "swarm.durability": "process"}
    put_bytes(client, path(f"{home}/lab/deep/file"), b"1" * 100_000)
    put_bytes(client, command("file.put", path=f"{home}/lab/asks", replicas=3), b"1" * 100_000)
    assert [each["replicas"] for each in act(client, "fs.locate", path=f"{home}/lab/deep/file")["blocks"]] == [1]
    assert [each["replicas"] for each in act(client, "fs.locate", path=f"{home}/lab/asks")["blocks"]] == [3]
    for name, value in (("swarm.replicas", "100"), ("swarm.durability", "forever"), ("swarm.ttl", "yesterday"), ("swarm.colour", "red")):
        refusal = refused(act, client, "fs.set_attribute", path=f"{home}/lab", name=name, value=value)
        assert refusal.code == "INVALID_ARGUMENT"
        assert value in refusal.text or name in refusal.text


def test_a_dataset_is_kept_as_the_directory_says_that_it_goes_to(client, home):
    act(client, "fs.mkdir", path=f"{home}/lab")
    act(client, "fs.set_attribute", path=f"{home}/lab", name="swarm.replicas", value="1")
    put_table(client, command("dataset.put", path=f"{home}/lab/table"), pa.table({"a": list(range(100_000))}))
    file = act(client, "fs.list", path=f"{home}/lab/table")["entries"][0]
    assert file["replicas"] == 1


def test_the_number_of_copies_is_set(client, home):
    put_bytes(client, path(f"{home}/file"), b"1" * 100_000)
    assert act(client, "fs.set_replication", path=f"{home}/file", replicas=3)["replicas"] == 3
    assert [each["replicas"] for each in act(client, "fs.locate", path=f"{home}/file")["blocks"]] == [3]
    for bad in (0, 100):
        refusal = refused(act, client, "fs.set_replication", path=f"{home}/file", replicas=bad)
        assert refusal.code == "INVALID_ARGUMENT"
        assert str(bad) in refusal.text
    assert refused(act, client, "fs.set_replication", path=home, replicas=2).code == "IS_A_DIRECTORY"


def test_dataset_info_describes_columns_and_files(client, home, numbers):
    put_table(client, command("dataset.put", path=f"{home}/data", partition_rows=6_000), numbers)
    described = act(client, "dataset.info", path=f"{home}/data")
    assert described["rows"] == numbers.num_rows
    assert [column["name"] for column in described["columns"]] == numbers.schema.names
    assert all(column["nullable"] is True and column["type"] for column in described["columns"])
    assert [file["rows"] for file in described["files"]] == [6_000, 4_000]
    assert sum(file["size_bytes"] for file in described["files"]) == described["size_bytes"]


def test_a_partition_file_is_an_arrow_file(client, home, numbers):
    import pyarrow as pa

    put_table(client, path(f"{home}/data"), numbers)
    (file,) = act(client, "dataset.info", path=f"{home}/data")["files"]
    content = raw(read(client, command("file.read", path=f"{home}/data/{file['name']}")))
    assert pa.ipc.open_file(pa.py_buffer(content)).read_all().equals(numbers)


def test_a_wrong_stream_to_a_file_is_refused(client, home, numbers):
    assert refused(put_table, client, command("file.put", path=f"{home}/file"), numbers).code in (
        "INVALID_ARGUMENT",
        "SCHEMA_MISMATCH",
    )
    assert not exists(client, f"{home}/file")


def test_nothing_is_put_onto_a_directory_or_below_a_file(client, home):
    put_bytes(client, path(f"{home}/file"), b"1")
    assert refused(put_bytes, client, path(f"{home}/file/below"), b"2").code == "NOT_A_DIRECTORY"
    assert refused(put_bytes, client, path(home), b"2").code in ("IS_A_DIRECTORY", "ALREADY_EXISTS")


def test_a_put_makes_the_directories_above(client, home):
    put_bytes(client, path(f"{home}/a/b/file"), b"deep")
    assert act(client, "fs.stat", path=f"{home}/a/b")["kind"] == "directory"


def _small(client, home):
    put_bytes(client, path(f"{home}/small"), b"inline")
    return f"{home}/small"
