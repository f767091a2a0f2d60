import os
import random
import uuid

import pyarrow as pa
import pytest

from grid import act, command, connect, put_table


def pytest_report_header():
    return f"grid: {os.environ.get('SWARM_TEST_GRID')}, pyarrow {pa.__version__}"


@pytest.fixture(scope="session")
def addresses():
    """The Flight doors of a grid of three, which the environment names."""
    named = os.environ.get("SWARM_TEST_GRID", "")
    assert named, "SWARM_TEST_GRID=host:port,host:port,host:port names the grid to test"
    return named.split(",")


@pytest.fixture(scope="session")
def clients(addresses):
    connected = [connect(address) for address in addresses]
    yield connected
    for each in connected:
        each.close()


@pytest.fixture(scope="session")
def client(clients):
    return clients[0]


@pytest.fixture(scope="session")
def other_address():
    """The door of a grid of one that wants tokens and whose tickets live one second."""
    named = os.environ.get("SWARM_TEST_OTHER", "")
    if not named:
        pytest.skip("SWARM_TEST_OTHER names no second grid")
    return named


@pytest.fixture(scope="session")
def tokens(other_address):
    """Tokens of the second grid, by what they grant."""
    return {grant: os.environ[f"SWARM_TEST_TOKEN_{grant.upper()}"] for grant in ("read", "write")}


@pytest.fixture
def home(client, request):
    """A directory of the test's own, removed with all that is in it."""
    where = f"/pytest/{request.node.name.split('[')[0]}-{uuid.uuid4().hex[:8]}"
    act(client, "fs.mkdir", path=where, parents=True)
    yield where
    act(client, "fs.remove", path=where, recursive=True)


@pytest.fixture(scope="session")
def numbers():
    """10,000 rows, more than compresses away."""
    source = random.Random(7)
    rows = 10_000
    return pa.table(
        {
            "row": pa.array(range(rows), pa.int64()),
            "value": pa.array([source.random() for _ in range(rows)]),
            "name": pa.array([f"name-{i % 97}" for i in range(rows)]),
        }
    )


@pytest.fixture(scope="session")
def flights_dataset(client, numbers):
    """A dataset of five partition files with two replicas, for the tests that only read."""
    where = f"/pytest-shared-{uuid.uuid4().hex[:8]}/numbers"
    act(client, "fs.mkdir", path=where.rsplit("/", 1)[0])
    put_table(
        client, command("dataset.put", path=where, partition_rows=2_000, replicas=2), numbers, batch_rows=500
    )
    yield where
    act(client, "fs.remove", path=where.rsplit("/", 1)[0], recursive=True)

