"""Reads a stored dataset with plain pyarrow, beside pyarrow's own C++ Flight server with the same table in memory.

Usage: flight_read.py GRID_URI PATH ROUNDS STREAMS[,STREAMS...] [TOKEN_FILE]
One JSON object a line: {"server": "swarm" | "pyarrow", "streams": n, "bytes": n, "rows": n, "seconds": s}
"""

import json
import multiprocessing
import queue
import sys
import threading
import time

import pyarrow as pa
import pyarrow.flight as flight

WARM_UP_SECONDS = 20  # a node compiles its code while it works


class InMemory(flight.FlightServerBase):
    """The table in parts, one endpoint each; after the first message Python has no hand in it."""

    def __init__(self, location, parts):
        super().__init__(location)
        self.parts = parts

    def get_flight_info(self, context, descriptor):
        endpoints = [flight.FlightEndpoint(str(i), []) for i in range(len(self.parts))]
        return flight.FlightInfo(self.parts[0].schema, descriptor, endpoints, -1, -1)

    def do_get(self, context, ticket):
        return flight.RecordBatchStream(self.parts[int(ticket.ticket)])


def serve(grid_uri, path, token, address):
    client = flight.connect(grid_uri)
    info = client.get_flight_info(flight.FlightDescriptor.for_path(path), options(token))
    parts = [client.do_get(e.ticket, options(token)).read_all() for e in info.endpoints]
    client.close()
    server = InMemory("grpc://127.0.0.1:0", parts)
    address.send("grpc://127.0.0.1:%d" % server.port)
    server.serve()


def options(token):
    headers = [(b"authorization", b"Bearer " + token.encode())] if token else []
    return flight.FlightCallOptions(headers=headers)


def read(clients, endpoints, token):
    """Reads every endpoint once, one thread a client; returns rows and bytes."""
    work = queue.Queue()
    for endpoint in endpoints:
        work.put(endpoint)
    totals = []
    failures = []

    def run(client):
        rows = size = 0
        try:
            while True:
                try:
                    endpoint = work.get_nowait()
                except queue.Empty:
                    break
                for chunk in client.do_get(endpoint.ticket, options(token)):
                    rows += chunk.data.num_rows
                    size += chunk.data.nbytes
        except Exception as e:  # told by the main thread
            failures.append(e)
        totals.append((rows, size))

    threads = [threading.Thread(target=run, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return sum(t[0] for t in totals), sum(t[1] for t in totals)


def main():
    grid_uri, path, rounds, streams = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    token = open(sys.argv[5]).read().strip() if len(sys.argv) > 5 else ""
    ours, theirs = multiprocessing.Pipe(False)
    peer = multiprocessing.Process(target=serve, args=(grid_uri, path, token, theirs), daemon=True)
    peer.start()
    theirs.close()
    servers = {"swarm": grid_uri, "pyarrow": ours.recv()}
    try:
        for count in [int(s) for s in streams.split(",")]:
            clients = {name: [flight.connect(uri) for _ in range(count)] for name, uri in servers.items()}
            endpoints = {
                name: own[0].get_flight_info(flight.FlightDescriptor.for_path(path), options(token)).endpoints
                for name, own in clients.items()
            }
            warm = time.perf_counter() + WARM_UP_SECONDS
            while time.perf_counter() < warm:
                for name in servers:
                    read(clients[name], endpoints[name], token)
            for turn in range(rounds):
                for name in servers if turn % 2 == 0 else reversed(list(servers)):
                    start = time.perf_counter()
                    rows, size = read(clients[name], endpoints[name], token)
                    seconds = time.perf_counter() - start
                    print(json.dumps({"server": name, "streams": count, "bytes": size, "rows": rows,
                                      "seconds": seconds}), flush=True)
            for own in clients.values():
                for client in own:
                    client.close()
    finally:
        peer.terminate()
        peer.join()


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    main()
