"""Other engines than DuckDB: the same pairs of queries, translated by sqlglot, over the same rows.

An engine opens empty databases, makes tables from DuckDB's DDL and INSERTs, and runs a query: names and rows, or nothing
if it fails; `kinds` are the types of columns that it has. `translated` is what both the engine and impact get.

Postgres is a local server (`pg_ctl` in PATH or below /usr/lib/postgresql) with psycopg2, MySQL a local MariaDB with pymysql, ClickHouse is chdb, Spark is pyspark.
"""

import atexit
import functools
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import engine
import sqlglot
from sqlglot.errors import SqlglotError

SECONDS = 2


@functools.lru_cache(maxsize=20_000)
def translated(text, dialect):
    """The statement in the dialect; nothing if sqlglot can't do it without warning."""
    if dialect == "duckdb":
        return text
    try:
        text = sqlglot.transpile(text, read="duckdb", write=dialect, unsupported_level=sqlglot.ErrorLevel.RAISE)[0]
    except (SqlglotError, ValueError, TypeError, RecursionError):
        return None
    # ClickHouse's types say it themselves.
    return re.sub(r"Nullable\((\w+(?:\([^)]*\))?)\)( NOT NULL| PRIMARY KEY)", r"\1\2", text)


class DuckDb:
    dialect, kinds = "duckdb", "iiiissblr"

    def __init__(self, _count):
        pass

    def database(self, statements):
        connection = engine.connected()
        for statement in statements:
            connection.execute(statement)
        return connection

    def run(self, connection, text, most_rows):
        return engine.fetched(connection, text, most_rows)


class Postgres:
    """One server for the run, a database for each of the schema's."""

    dialect, kinds = "postgres", "iiiissbl"

    def __init__(self, count):
        import psycopg2
        self.driver = psycopg2
        self.folder = Path(tempfile.mkdtemp(prefix="impact-postgres-"))
        atexit.register(self.close)
        self.user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.user:
            shutil.chown(self.folder, "postgres")
        self.programs = shutil.which("pg_ctl") or str(sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))[-1])
        self.command("initdb", "-o", "-A trust -U impact -E UTF8 --locale=C")
        self.command("start", "-w", "-l", str(self.folder / "log"), "-o",
                     f"-k {self.folder} -h '' -c fsync=off -c jit=off -c statement_timeout={SECONDS}s")
        self.connections = []
        for at in range(count):
            with self.connected("postgres").cursor() as cursor:
                cursor.execute(f"CREATE DATABASE d{at}")
            self.connections.append(self.connected(f"d{at}"))
        self.next = 0

    def command(self, *arguments):
        subprocess.run([*self.user, self.programs, "-D", str(self.folder / "data"), *arguments], check=True, stdout=subprocess.DEVNULL)

    def close(self):
        self.command("stop", "-m", "immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def connected(self, name):
        connection = self.driver.connect(host=str(self.folder), user="impact", dbname=name)
        connection.autocommit = True
        return connection

    def database(self, statements):
        connection = self.connections[self.next % len(self.connections)]
        self.next += 1
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")
            for statement in statements:
                cursor.execute(statement)
        return connection

    def run(self, connection, text, most_rows):
        try:
            with connection.cursor() as cursor:
                cursor.execute(text)
                rows = cursor.fetchmany(most_rows)
                names = [column.name for column in cursor.description or ()]
        except (self.driver.Error, ValueError, OverflowError):
            # Python has no dates beyond the year 9999.
            return None
        return None if len(rows) == most_rows else (names, rows)


class MySql:
    """A MariaDB server for the run, a database for each of the schema's."""

    dialect, kinds = "mysql", "iiiissb"

    def __init__(self, count):
        import pymysql
        self.driver, self.count, self.next = pymysql, count, 0
        self.folder = tempfile.mkdtemp(prefix="impact-mysql-")
        user = ["--user=mysql"] if os.geteuid() == 0 else []
        if user:
            shutil.chown(self.folder, "mysql")
        data, socket = f"--datadir={self.folder}/data", f"{self.folder}/socket"
        subprocess.run(["mariadb-install-db", *user, data, "--auth-root-authentication-method=normal"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        server = shutil.which("mariadbd") or "/usr/sbin/mariadbd"
        options = [f"--socket={socket}", "--skip-networking", f"--max-statement-time={SECONDS}", "--pid-file=" + self.folder + "/pid"]
        self.server = subprocess.Popen([server, "--no-defaults", *user, data, *options], stderr=subprocess.DEVNULL)
        atexit.register(self.close)
        self.connection = self.connected(socket)

    def connected(self, socket):
        for _ in range(200):
            try:
                return self.driver.connect(unix_socket=socket, user="root", autocommit=True)
            except self.driver.Error:
                time.sleep(0.2)
        sys.exit("MariaDB doesn't start")

    def close(self):
        self.server.kill()
        self.server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def database(self, statements):
        name = f"d{self.next % self.count}"
        self.next += 1
        with self.connection.cursor() as cursor:
            for statement in [f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}", f"USE {name}", *statements]:
                cursor.execute(statement.replace(" TEXT", " VARCHAR(99)"))
        return name

    def run(self, name, text, most_rows):
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(f"USE {name}")
                cursor.execute(text)
                rows = cursor.fetchmany(most_rows)
                names = [column[0] for column in cursor.description or ()]
        except self.driver.Error:
            return None
        return None if len(rows) == most_rows else (names, list(rows))


class ClickHouse:
    """chdb, which runs one session in a process, with a database for each of the schema's."""

    dialect, kinds = "clickhouse", "iiiissb"

    def __init__(self, count):
        from chdb import session
        self.session = session.Session()
        self.session.query(f"SET max_execution_time = {SECONDS}")
        self.count, self.next = count, 0

    def database(self, statements):
        name = f"d{self.next % self.count}"
        self.next += 1
        self.session.query(f"DROP DATABASE IF EXISTS {name}")
        self.session.query(f"CREATE DATABASE {name}")
        self.session.query(f"USE {name}")
        for statement in statements:
            if statement.startswith("CREATE TABLE"):
                # It knows no keys of this kind; the rows keep to them.
                statement = re.sub(r",? PRIMARY KEY( \(.*?\))?| UNIQUE| NOT NULL", "", statement) + " ENGINE = Memory"
            self.session.query(statement)
        return name

    def run(self, name, text, most_rows):
        import json
        try:
            self.session.query(f"USE {name}")
            answer = json.loads(str(self.session.query(text, "JSONCompact")))
            rows = [tuple(map(hashable, row)) for row in answer["data"]]
        except (RuntimeError, ValueError, TypeError):
            # A query may choose another format.
            return None
        return None if len(rows) >= most_rows else ([column["name"] for column in answer["meta"]], rows)


class Spark:
    """A local session, with a database of views for each of the schema's."""

    dialect, kinds = "spark", "iiiissblr"

    def __init__(self, count):
        from pyspark.sql import SparkSession
        builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
        builder = builder.config("spark.sql.shuffle.partitions", "1").config("spark.log.level", "OFF")
        self.session = builder.getOrCreate()
        # Queries that fail are a part of the game.
        self.session.sparkContext.setLogLevel("OFF")
        logging.getLogger("SQLQueryContextLogger").disabled = True

    def database(self, statements):
        session = self.session.newSession()
        columns = {}
        for statement in statements:
            tree = sqlglot.parse_one(statement, read="spark")
            if isinstance(tree, sqlglot.exp.Create):
                table = tree.this.this.name
                columns[table] = [(column.name, column.kind.sql("spark")) for column in tree.this.expressions
                                  if isinstance(column, sqlglot.exp.ColumnDef)]
                self.view(session, table, columns[table], None)
            else:
                table = tree.this.name
                self.view(session, table, columns[table], tree.expression.sql("spark"))
        return session

    def view(self, session, table, columns, rows):
        names = ", ".join(name for name, _ in columns)
        casts = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in columns)
        nulls = ", ".join("NULL" for _ in columns)
        given = f"SELECT * FROM ({rows}) AS v({names})" if rows else f"SELECT * FROM (VALUES ({nulls})) AS v({names}) WHERE FALSE"
        session.sql(f"SELECT {casts} FROM ({given})").createOrReplaceTempView(table)

    def run(self, session, text, most_rows):
        from py4j.protocol import Py4JJavaError
        from pyspark.errors import PySparkException
        try:
            frame = session.sql(text)
            rows = [tuple(map(hashable, row)) for row in frame.limit(most_rows).collect()]
        except (PySparkException, Py4JJavaError, ValueError, OverflowError):
            return None
        return None if len(rows) == most_rows else (frame.columns, rows)


def hashable(value):
    """Lists and rows inside of a row."""
    return tuple(map(hashable, value)) if isinstance(value, (list, tuple)) else value


ENGINES = {"duckdb": DuckDb, "postgres": Postgres, "mysql": MySql, "clickhouse": ClickHouse, "spark": Spark}


def opened(name, count):
    """The engine with so many databases."""
    try:
        return ENGINES[name](count)
    except ImportError as missing:
        sys.exit(f"SKIPPED: {missing}")
