"""DuckDB as the checks by execution use it: queries with a time limit, results as plain rows."""

import argparse
import sys
import threading
import time
from contextlib import contextmanager

try:
    import duckdb
except ImportError:
    sys.exit("SKIPPED: this python has no duckdb")

SECONDS = 1.0


class Watch:
    """Interrupts a query that takes too long: one thread for all of them."""

    def __init__(self):
        self.lock = threading.Lock()
        self.running = None
        threading.Thread(target=self.look, daemon=True).start()

    def look(self):
        while True:
            time.sleep(SECONDS / 5)
            with self.lock:
                if self.running is not None and time.monotonic() > self.running[1]:
                    self.running[0].interrupt()

    @contextmanager
    def over(self, connection):
        with self.lock:
            self.running = (connection, time.monotonic() + SECONDS)
        try:
            yield
        finally:
            with self.lock:
                self.running = None


WATCH = Watch()


def connected():
    """An empty database. One thread: nothing may depend on how rows are spread over several."""
    return duckdb.connect(":memory:", config={"threads": 1})


def fetched(connection, text, most_rows):
    """Names of the columns and the rows; nothing if the query fails, takes too long or gives too many rows."""
    try:
        # An edit can make a recursion endless.
        with WATCH.over(connection):
            done = connection.execute(text)
            rows = done.fetchmany(most_rows)
    except (duckdb.Error, RuntimeError):
        return None
    if len(rows) == most_rows:
        return None
    return [column[0] for column in done.description], rows


def shown(value):
    """A value as text that tells types apart. Zero has no sign: sorting takes it away."""
    return repr(0.0) if isinstance(value, float) and value == 0 else repr(value)


def options(engine=None):
    """The command line of the checks that count claims; the engines that there are to choose from."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--impact", required=True)
    parser.add_argument("--claims", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long, with fewer claims")
    if engine:
        parser.add_argument("--engine", choices=engine, default=engine[0])
    return parser.parse_args()
