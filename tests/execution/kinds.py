"""How SQLMesh's runs leave the tables of each kind, as its engine adapter fills them.

Models over the events run twice: when only those of the first days are there, and when all are.
"""

from project import DAYS

FIRST_RUN, SECOND_RUN = "TIMESTAMP '2024-01-02 12:00:00'", "TIMESTAMP '2024-01-04 12:00:00'"
NEVER = "TIMESTAMP '1970-01-01 00:00:00'"


class Filling:
    """One table to be filled: `text(start, end)` is the model's query for these days."""

    def __init__(self, connection, state, model, text):
        self.run, self.state, self.model, self.text = connection.execute, state, model, text
        self.table = f"{state}.{model.name}"
        self.start = model.start or DAYS[0]

    def fill(self):
        self.see(self.state)
        {
            "INCREMENTAL_BY_TIME_RANGE": self.by_time,
            "INCREMENTAL_BY_UNIQUE_KEY": self.by_key,
            "INCREMENTAL_BY_PARTITION": self.by_partition,
            "SCD_TYPE_2_BY_COLUMN": self.by_checked_history,
            "SCD_TYPE_2_BY_TIME": self.by_dated_history,
        }.get(self.model.kind, self.whole)()

    def see(self, path):
        self.run(f"SET search_path = '{path}'")

    def whole(self):
        self.run(f"CREATE TABLE {self.table} AS {self.text(self.start, DAYS[-1])}")

    def by_time(self):
        days = [day for day in DAYS if day >= self.start]
        batches = [(day, day) for day in days] if self.model.batch_size else [(days[0], days[-1])]
        for at, (start, end) in enumerate(batches):
            text = f"SELECT * FROM ({self.text(start, end)}) AS batch WHERE batch.ds BETWEEN '{start}' AND '{end}'"
            self.run(f"CREATE TABLE {self.table} AS {text}" if at == 0 else f"INSERT INTO {self.table} BY NAME {text}")

    def first_run(self, columns="*"):
        self.see(f"{self.state}_early,{self.state}")
        self.run(f"CREATE TABLE {self.table} AS SELECT {columns} FROM ({self.text(self.start, DAYS[-1])}) AS source")
        self.see(self.state)
        self.run(f"CREATE TEMP TABLE newer AS {self.text(self.start, DAYS[-1])}")

    def by_key(self):
        self.first_run()
        same = " AND ".join(f"new.{column} = {self.table}.{column}" for column in self.model.key)
        self.run(f"DELETE FROM {self.table} WHERE EXISTS (SELECT 1 FROM newer AS new WHERE {same})")
        self.run(f"INSERT INTO {self.table} BY NAME SELECT * FROM newer")

    def by_partition(self):
        self.first_run()
        self.run(f"DELETE FROM {self.table} WHERE EXISTS (SELECT 1 FROM newer AS new WHERE new.ds = {self.table}.ds)")
        self.run(f"INSERT INTO {self.table} BY NAME SELECT * FROM newer")

    def by_checked_history(self):
        """For columns to check: a version begins with the run that finds it."""
        self.first_run(f"*, {NEVER} AS valid_from, NULL::TIMESTAMP AS valid_to")
        names = self.own_columns()
        checked = names if self.model.checked == "*" else [self.model.checked.strip("()")]
        known = " AND ".join(f"latest.{key} IS NOT NULL AND source.{key} IS NOT NULL" for key in self.model.key)
        changed = " OR ".join(f"source.{name} IS DISTINCT FROM latest.{name}" for name in checked)
        self.history(names, f"({known} AND ({changed}))", begins=SECOND_RUN, first=SECOND_RUN)

    def by_dated_history(self):
        """By a column that says when a row was last updated."""
        first = "source.updated_at" if self.model.begins_with_update else NEVER
        self.first_run(f"*, {first} AS valid_from, NULL::TIMESTAMP AS valid_to")
        self.history(self.own_columns(), "(source.updated_at > latest.updated_at)", begins="source.updated_at", first=first)

    def own_columns(self):
        names = [row[0] for row in self.run(f"DESCRIBE {self.table}").fetchall()]
        return [name for name in names if name not in ("valid_from", "valid_to")]

    def history(self, names, changed, begins, first):
        """`_scd_type_2` of SQLMesh's engine adapter, after a first run: `changed` tells the versions that end, `begins` when
        the next ones begin, `first` when rows begin that weren't there."""
        deleted = f"WHEN source.here IS NULL THEN {SECOND_RUN}" if self.model.ends_deleted else ""
        on = " AND ".join(f"latest.{key} = source.{key}" for key in self.model.key)
        olds = ", ".join(f"coalesce(latest.{name}, source.{name}) AS {name}" for name in names)
        news = ", ".join(f"source.{name}" for name in names)
        joined = (f"FROM (SELECT * FROM {self.table} WHERE valid_to IS NULL) AS latest "
                  f"FULL JOIN (SELECT DISTINCT ON ({', '.join(self.model.key)}) *, TRUE AS here FROM newer) AS source ON {on}")
        self.run(f"CREATE TEMP TABLE next AS SELECT {olds}, coalesce(latest.valid_from, {first}) AS valid_from, "
                 f"CASE WHEN {changed} THEN {begins} {deleted} ELSE latest.valid_to END AS valid_to {joined} "
                 f"UNION ALL SELECT {news}, {begins}, NULL {joined} WHERE {changed}")
        self.run(f"CREATE OR REPLACE TABLE {self.table} AS SELECT * FROM next")
