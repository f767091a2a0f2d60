"""Tasks: a program that reads Arrow and answers Arrow, run where the bytes lie."""

import sys
import time
import uuid

import pyarrow as pa
import pytest

from grid import act, command, path, put_bytes, put_table, read, refused

SUM = """
import os, sys
import pyarrow as pa
assert os.environ["SWARM_INPUT_FORMAT"] == "arrow"
table = pa.ipc.open_stream(sys.stdin.buffer).read_all()
out = pa.table({
    "split": pa.array([int(os.environ["SWARM_SPLIT"])]),
    "of": pa.array([int(os.environ["SWARM_SPLITS"])]),
    "rows": pa.array([table.num_rows]),
    "sum": pa.array([sum(table.column("row").to_pylist())]),
    "columns": [",".join(table.column_names)],
    "node": [os.environ["SWARM_NODE"]],
    "word": [os.environ.get("WORD")],
    "secret": [os.environ.get("SWARM_TEST_GRID")],
})
with pa.ipc.new_stream(sys.stdout.buffer, out.schema) as stream:
    stream.write_table(out)
print("a last word", file=sys.stderr)
"""


def _finish(client, task, seconds=90):
    deadline = time.monotonic() + seconds
    while True:
        status = act(client, "task.status", id=task["id"])
        if status["state"] not in ("queued", "running"):
            return status
        assert time.monotonic() < deadline, status
        time.sleep(0.2)


@pytest.fixture
def data(client, home, numbers):
    put_table(client, command("dataset.put", path=f"{home}/data", partition_rows=2_500, replicas=2), numbers)
    return f"{home}/data"


def test_a_task_runs_on_every_partition_where_it_lies(clients, data, numbers):
    submitted = act(
        clients[0],
        "task.submit",
        command=[sys.executable, "-c", SUM],
        input=data,
        columns=["row"],
        environment={"WORD": "hello"},
    )
    assert submitted["state"] in ("queued", "running", "succeeded")
    assert submitted["splits_total"] == 4

    status = _finish(clients[1], submitted)

    assert status["state"] == "succeeded", status
    assert (status["splits_done"], status["splits_local"]) == (4, 4)
    assert [split["index"] for split in status["splits"]] == [0, 1, 2, 3]
    for split in status["splits"]:
        assert split["state"] == "succeeded" and split["local"] is True and split["attempts"] == 1
        assert split["rows"] == 2_500 and split["output_bytes"] > 0
    result = read(clients[2], command("task.result", id=submitted["id"]))
    assert sum(result["sum"].to_pylist()) == sum(numbers["row"].to_pylist())
    assert sorted(result["split"].to_pylist()) == [0, 1, 2, 3]
    assert set(result["of"].to_pylist()) == {4}
    assert set(result["columns"].to_pylist()) == {"row"}
    assert set(result["word"].to_pylist()) == {"hello"}
    assert set(result["secret"].to_pylist()) == {None}, "a variable of the node reached the program"
    assert dict(zip(result["split"].to_pylist(), result["node"].to_pylist())) == {
        split["index"]: split["node"] for split in status["splits"]
    }


def test_files_come_as_bytes_one_split_each(client, home):
    for name in ("a", "b"):
        put_bytes(client, path(f"{home}/{name}"), name.encode() * 10_000)
    program = """
import hashlib, os, sys, pyarrow as pa
content = sys.stdin.buffer.read()
out = pa.table({"format": [os.environ["SWARM_INPUT_FORMAT"]], "size": [len(content)], "first": [content[:1].decode()]})
with pa.ipc.new_stream(sys.stdout.buffer, out.schema) as stream:
    stream.write_table(out)
"""
    status = _finish(client, act(client, "task.submit", command=[sys.executable, "-c", program], input=home))
    assert status["state"] == "succeeded", status
    assert status["splits_total"] == 2
    rows = read(client, command("task.result", id=status["id"])).sort_by("first").to_pylist()
    assert rows == [
        {"format": "bytes", "size": 10_000, "first": "a"},
        {"format": "bytes", "size": 10_000, "first": "b"},
    ]


def test_a_program_that_fails_is_tried_again_and_then_reported(client, data):
    program = "import sys; print('it broke because of me', file=sys.stderr); sys.exit(3)"
    task = act(client, "task.submit", command=[sys.executable, "-c", program], input=data, max_attempts=2)
    status = _finish(client, task)
    assert status["state"] == "failed"
    failed = [split for split in status["splits"] if split["state"] == "failed"]
    assert failed and failed[0]["attempts"] == 2
    assert "3" in failed[0]["error"] and "it broke because of me" in failed[0]["error"]
    assert status["error"]
    assert refused(read, client, command("task.result", id=status["id"])).code in (
        "PRECONDITION_FAILED",
        "INVALID_ARGUMENT",
        "NOT_FOUND",
    )


def test_a_program_that_answers_no_arrow_fails(client, data):
    task = act(client, "task.submit", command=["/bin/echo", "hello"], input=data, max_attempts=1)
    assert _finish(client, task)["state"] == "failed"


def test_a_program_that_takes_too_long_is_ended(client, data):
    task = act(client, "task.submit", command=["/bin/sleep", "60"], input=data, max_attempts=1, timeout_ms=500)
    started = time.monotonic()
    assert _finish(client, task)["state"] == "failed"
    assert time.monotonic() - started < 45


def test_a_task_can_be_cancelled(client, data):
    task = act(client, "task.submit", command=["/bin/sleep", "60"], input=data)
    act(client, "task.cancel", id=task["id"])
    assert _finish(client, task, 30)["state"] == "cancelled"


def test_tasks_are_listed(client, data):
    task = act(client, "task.submit", command=["/bin/true"], input=data, max_attempts=1)
    _finish(client, task)
    seen, token = [], None
    while True:
        page = act(client, "task.list", page_size=2, **({"page_token": token} if token else {}))
        assert len(page["tasks"]) <= 2
        assert all("splits" not in each for each in page["tasks"])
        seen += [each["id"] for each in page["tasks"]]
        token = page.get("next_page_token")
        if not token:
            break
    assert task["id"] in seen
    assert len(seen) == len(set(seen))


def test_a_submission_retried_happens_once(clients, data):
    order = {"command": ["/bin/true"], "input": data, "max_attempts": 1, "operation_id": uuid.uuid4().hex}
    first = act(clients[0], "task.submit", **order)
    assert act(clients[1], "task.submit", **order)["id"] == first["id"]
    _finish(clients[0], first)


def test_bad_tasks_are_refused(client, data, home):
    assert refused(act, client, "task.submit", command=["/bin/true"], input=f"{home}/none").code == "NOT_FOUND"
    assert refused(act, client, "task.submit", command=[], input=data).code == "INVALID_ARGUMENT"
    assert refused(act, client, "task.status", id="no-such-task").code in ("NOT_FOUND", "INVALID_ARGUMENT")
    assert (
        refused(act, client, "task.submit", command=["/bin/true"], input=data, columns=["nope"]).code
        == "INVALID_ARGUMENT"
    )


def test_a_dataset_without_rows_is_nothing_to_run_on(client, home):
    put_table(client, path(f"{home}/empty"), pa.table({"row": pa.array([], pa.int64())}))
    refusal = refused(act, client, "task.submit", command=["/bin/true"], input=f"{home}/empty")
    assert refusal.code == "INVALID_ARGUMENT"
    assert f"{home}/empty" in refusal.text
