"""Checkpoints: all shards become visible by one commit, or none does."""

import os

import pytest

from grid import act, command, exists, path, put_bytes, raw, read, refused


@pytest.fixture
def series(home):
    return f"{home}/model"


def _save(clients, series, step, shards=3, commit=True, **metadata):
    begun = act(clients[0], "checkpoint.begin", series=series, step=step, shards=shards)
    contents = {}
    for i in range(shards):
        name = f"rank-{i:02}"
        contents[name] = os.urandom(200_000 + i)
        result = put_bytes(
            clients[i % len(clients)], command("checkpoint.put", session=begun["session"], shard=name), contents[name]
        )
        assert result["committed"] is False
    if commit:
        act(clients[1], "checkpoint.commit", session=begun["session"], metadata=metadata)
    return begun, contents


def test_a_checkpoint_is_restored_bit_for_bit(clients, series):
    begun, contents = _save(clients, series, 100, loss=0.25, nested={"a": [1, 2]})
    assert {"session", "path", "expires_ms"} <= begun.keys()

    status = act(clients[2], "checkpoint.info", series=series, step=100)

    assert (status["series"], status["step"]) == (series, 100)
    assert status["metadata"] == {"loss": 0.25, "nested": {"a": [1, 2]}}
    assert status["size_bytes"] == sum(len(each) for each in contents.values())
    assert [shard["name"] for shard in status["shards"]] == sorted(contents)
    for shard in status["shards"]:
        assert raw(read(clients[0], path(shard["path"]))) == contents[shard["name"]]


def test_a_shard_does_not_expire(clients, series):
    act(clients[0], "fs.mkdir", path=series)
    act(clients[0], "fs.set_attribute", path=series, name="swarm.ttl", value="1h")
    _save(clients, series, 1)
    shard = act(clients[0], "checkpoint.info", series=series)["shards"][0]["path"]
    assert "swarm.ttl" not in act(clients[0], "fs.stat", path=shard).get("attributes", {})
    refusal = refused(act, clients[0], "fs.set_attribute", path=shard, name="swarm.ttl", value="1h")
    assert refusal.code == "PRECONDITION_FAILED"


def test_without_its_commit_it_is_invisible(clients, series):
    _save(clients, series, 1)
    begun, _ = _save(clients, series, 2, commit=False)
    assert act(clients[0], "checkpoint.info", series=series)["step"] == 1
    assert [each["step"] for each in act(clients[0], "checkpoint.list", series=series)["steps"]] == [1]
    assert refused(act, clients[0], "checkpoint.info", series=series, step=2).code == "NOT_FOUND"
    assert act(clients[0], "checkpoint.abort", session=begun["session"]) == {"aborted": True}
    assert refused(act, clients[0], "checkpoint.commit", session=begun["session"]).code == "NOT_FOUND"


def test_a_commit_needs_every_shard(clients, series):
    begun = act(clients[0], "checkpoint.begin", series=series, step=7, shards=2)
    put_bytes(clients[0], command("checkpoint.put", session=begun["session"], shard="only"), b"1")
    refusal = refused(act, clients[0], "checkpoint.commit", session=begun["session"])
    assert refusal.code == "PRECONDITION_FAILED"
    put_bytes(clients[0], command("checkpoint.put", session=begun["session"], shard="other"), b"2")
    assert act(clients[0], "checkpoint.commit", session=begun["session"])["step"] == 7


def test_the_latest_comes_first_page_by_page(clients, series):
    for step in (1, 3, 2, 10):
        _save(clients, series, step, shards=1)
    assert act(clients[0], "checkpoint.info", series=series)["step"] == 10
    page = act(clients[0], "checkpoint.list", series=series, page_size=3)
    assert [each["step"] for each in page["steps"]] == [10, 3, 2]
    rest = act(clients[0], "checkpoint.list", series=series, page_size=3, page_token=page["next_page_token"])
    assert [each["step"] for each in rest["steps"]] == [1]
    assert "next_page_token" not in rest


def test_a_step_is_committed_once(clients, series):
    _save(clients, series, 5)
    refusal = refused(act, clients[0], "checkpoint.begin", series=series, step=5, shards=1)
    assert refusal.code == "ALREADY_EXISTS"


def test_a_step_can_be_removed(clients, series):
    _save(clients, series, 1)
    _save(clients, series, 2)
    where = act(clients[0], "checkpoint.info", series=series, step=2)["path"]
    assert act(clients[0], "checkpoint.remove", series=series, step=2) == {"removed": True}
    assert not exists(clients[0], where)
    assert act(clients[0], "checkpoint.info", series=series)["step"] == 1


@pytest.mark.parametrize("shard", ["", "..", "a/b", "x" * 256])
def test_a_bad_name_of_a_shard_is_refused(clients, series, shard):
    begun = act(clients[0], "checkpoint.begin", series=series, step=1, shards=1)
    order = command("checkpoint.put", session=begun["session"], shard=shard)
    assert refused(put_bytes, clients[0], order, b"1").code == "INVALID_ARGUMENT"


def test_a_bad_step_is_refused(client, series):
    assert refused(act, client, "checkpoint.begin", series=series, step=-1, shards=1).code == "INVALID_ARGUMENT"
    assert refused(act, client, "checkpoint.begin", series=series, step=1, shards=0).code == "INVALID_ARGUMENT"
