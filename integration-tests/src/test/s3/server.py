"""moto's S3 on a port of loopback: server.py PORT LOG.

What it is asked goes to the log, a line each: method, path, range, status, bytes answered. Its door is shut by the line "shut" on standard
input and opened by "open", each answered by a line; what it stores outlives that. It ends with its input.
"""

import sys
import threading

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    def log(self, type, message, *args):
        pass


class Logged:
    """An application whose requests are written down before they are answered."""

    def __init__(self, application, log):
        self.application = application
        self.log = log
        self.lock = threading.Lock()

    def __call__(self, environ, start_response):
        seen = []

        def starting(status, headers, exc_info=None):
            seen.append(status.split(" ")[0])
            return start_response(status, headers, exc_info)

        answer = self.application(environ, starting)
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        line = "\t".join([
            environ["REQUEST_METHOD"],
            environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"),
            environ.get("HTTP_RANGE", "-"),
            seen[-1],
            str(len(body)),
        ])
        with self.lock:
            self.log.write(line + "\n")
            self.log.flush()  # before the caller knows of it
        return [body]


def opened(port, application):
    server = make_server("127.0.0.1", port, application, threaded=True, request_handler=Quiet)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main():
    port = int(sys.argv[1])
    with open(sys.argv[2], "a", encoding="utf-8") as log:
        application = Logged(DomainDispatcherApplication(create_backend_app), log)
        server = opened(port, application)
        print("open", flush=True)
        for line in sys.stdin:
            if line.strip() == "shut":
                server.shutdown()
                server.server_close()
            else:
                server = opened(port, application)
            print(line.strip(), flush=True)


if __name__ == "__main__":
    main()
