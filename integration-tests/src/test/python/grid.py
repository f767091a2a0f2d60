"""What the tests share: calls of plain pyarrow.flight, and nothing of ours."""

import json
import re

import pyarrow as pa
import pyarrow.flight as flight

RAW = pa.schema([pa.field("bytes", pa.uint8(), nullable=False)])

_CODE = re.compile(
    r"\b(INVALID_ARGUMENT|SCHEMA_MISMATCH|CORRUPT_INPUT|BAD_TICKET|TICKET_EXPIRED|NOT_A_DIRECTORY|IS_A_DIRECTORY"
    r"|DIRECTORY_NOT_EMPTY|PRECONDITION_FAILED|NOT_FOUND|ALREADY_EXISTS|LEASE_LOST|UNKNOWN_OPERATION|UNSUPPORTED"
    r"|UNAUTHENTICATED|PERMISSION_DENIED|CANCELLED|OVERLOADED|NO_SPACE|QUOTA_EXCEEDED|NO_QUORUM|UNAVAILABLE|CONFLICT|TIMEOUT"
    r"|UNKNOWN_OUTCOME|CORRUPT_DATA|INTERNAL): "
)


class Errors(flight.ClientMiddlewareFactory):
    """Keeps the JSON that came with the last call's error; extra_info has it only for some."""

    last = None

    def start_call(self, call):
        self.last = None
        return _Seen(self)


class _Seen(flight.ClientMiddleware):
    def __init__(self, errors):
        super().__init__()
        self.errors = errors

    def received_headers(self, headers):
        for body in headers.get("x-swarm-error-bin", []):
            self.errors.last = json.loads(body)


ERRORS = Errors()


def connect(address):
    """A client of a door, named host:port or as a location."""
    where = address if isinstance(address, flight.Location) or "://" in address else f"grpc://{address}"
    return flight.FlightClient(where, middleware=[ERRORS])


def headers(**named):
    """Call options with headers; underscores in the names become dashes."""
    return flight.FlightCallOptions(
        timeout=120, headers=[(name.replace("_", "-").encode(), value.encode()) for name, value in named.items()]
    )


def path(text):
    return flight.FlightDescriptor.for_path(text)


def command(op, **fields):
    return flight.FlightDescriptor.for_command(json.dumps({"op": op, **fields}))


def act(client, action, options=None, /, **request):
    """One action: JSON in, one JSON result out."""
    results = list(client.do_action(flight.Action(action, json.dumps(request).encode()), options))
    assert len(results) == 1, f"{action} answered {len(results)} results"
    return json.loads(results[0].body.to_pybytes())


def info(client, descriptor, options=None):
    return client.get_flight_info(descriptor, options)


def read_endpoint(endpoint, location=None, options=None):
    """Reads one endpoint on one of its locations, the first where none is named."""
    where = location or endpoint.locations[0]
    with connect(where) as client:
        return client.do_get(endpoint.ticket, options).read_all()


def read(client, descriptor, options=None):
    """The whole of a descriptor: its endpoints in their order."""
    found = info(client, descriptor, options)
    tables = [read_endpoint(endpoint, options=options) for endpoint in found.endpoints]
    if not tables:
        return pa.Table.from_batches([], found.schema)
    return pa.concat_tables(tables)


def raw(table):
    """The bytes of a raw table."""
    assert table.schema == RAW
    return b"".join(
        chunk.buffers()[1].slice(chunk.offset, len(chunk)).to_pybytes() for chunk in table.column(0).chunks if len(chunk)
    )


def raw_batch(content):
    array = pa.Array.from_buffers(pa.uint8(), len(content), [None, pa.py_buffer(content)])
    return pa.record_batch([array], schema=RAW)


def put(client, descriptor, schema, batches, options=None):
    """A whole DoPut; the answer is the last PutResult's JSON."""
    writer, results = client.do_put(descriptor, schema, options)
    last = None
    try:
        for batch in batches:
            writer.write_batch(batch)
        writer.done_writing()
        while (result := results.read()) is not None:
            last = result
    finally:
        writer.close()
    assert last is not None, "the put answered nothing"
    return json.loads(last.to_pybytes())


def put_table(client, descriptor, table, batch_rows=None, options=None):
    return put(client, descriptor, table.schema, table.to_batches(max_chunksize=batch_rows), options)


def put_bytes(client, descriptor, content, chunk_bytes=1 << 20):
    chunks = [raw_batch(content[i : i + chunk_bytes]) for i in range(0, len(content), chunk_bytes)]
    return put(client, descriptor, RAW, chunks)


class Refusal:
    """An error as the contract has it."""

    def __init__(self, error):
        self.error = error
        self.text = str(error)
        found = _CODE.search(self.text)
        assert found, f"an error without one of the contract's codes: {type(error).__name__}: {error}"
        self.code = found.group(1)
        self.body = ERRORS.last
        assert self.body is not None and self.body["code"] == self.code, f"without its JSON: {self.body}, {self.text}"

    def __repr__(self):
        return f"{self.code}: {self.text}"


def refused(call, *arguments, **named):
    """The refusal that a call ends in."""
    try:
        answer = call(*arguments, **named)
    except (pa.lib.ArrowException, flight.FlightError) as error:
        return Refusal(error)
    raise AssertionError(f"was not refused, but answered {answer!r}")


def exists(client, where):
    try:
        act(client, "fs.stat", path=where)
        return True
    except pa.lib.ArrowException as error:
        assert Refusal(error).code == "NOT_FOUND", error
        return False
