#!/usr/bin/env python3
"""Records why SQLMesh lists and categorizes each model as it does, so that `--explain-sqlmesh` can be held against it.

  reasons.py record [--only ID ...]   asks SQLMesh about the edits of `SETS`, or those named; writes recorded/reasons-SET.json
  reasons.py record --sets SET ...    asks about these edit sets only
  reasons.py check --sample N         asks again about N edits of each set; exit status 1 if an answer differs
  reasons.py serve ORACLE             the part that runs inside SQLMesh's Python; `record` starts it

In: edit sets, the oracle script (for its `context`). Out: by edit and modified model the steps of SQLMesh's reasoning, each a
list of the step's name and what it is about: entries of a hash, places in a query, parents.
Must never tell a step from the answer: each is read off SQLMesh's own objects, by its own functions where it has them.
"""

import argparse
import os
import pickle
import random
import sys
from pathlib import Path

import ask
import bench
import entries
import places
import record
import sdist

HERE = Path(__file__).resolve().parent
# The edit sets that are asked about unless others are named.
SETS = ("bench", "custom", "depot", "dialects", "kinds", "loader", "macros", "multi", "nodes", "offered", "schedules")
SETS += ("sushi", "templates", "wursthall")


def publish(names, root, state):
    """Makes the project what prod runs, and keeps its models as they were hashed."""
    context = names["context"](root, state, False)
    plan = context.plan_builder("prod", skip_tests=True, skip_linter=True, skip_backfill=True).build()
    context.state_sync.push_snapshots(plan.new_snapshots)
    context.state_sync.promote(plan.environment)
    context.state_sync.finalize(plan.environment)
    Path(state).with_suffix(".models").write_bytes(pickle.dumps(dict(context.models)))
    return {"models": len(context.models)}


def plan(names, root, state):
    """The steps behind each model that the plan modifies."""
    hashed = pickle.loads(Path(state).with_suffix(".models").read_bytes())
    context = ask.permitting(names["context"])(root, state, False)
    try:
        built = context.plan_builder("prod", skip_tests=True, skip_linter=True, skip_backfill=True)
        difference = built.build().context_diff
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    categorizer = built._categorizer_config
    modified = {name: pair for name, pair in difference.modified_snapshots.items() if pair[0].is_model}
    steps = {}
    for name, (new, old) in modified.items():
        steps[name] = entries.differing(hashed[name], new.model)
        if difference.directly_modified(name):
            steps[name] += [["directly_modified", not_metadata_only(new.model, old.model)]]
            steps[name] += categorized(built, difference, new, old, categorizer)
        elif difference.indirectly_modified(name):
            steps[name] += indirect(difference, new)
        else:
            own = len(steps[name]) > 0
            steps[name] += [["metadata_only" if own else "metadata_upstream"]]
        steps[name] += [["forward_only"]] if new.is_forward_only else []
    return {"models": {name.replace('"', ""): steps[name] for name in sorted(steps)}}


def not_metadata_only(new, old):
    """The first condition of `is_metadata_only_change` that doesn't hold."""
    if new.metadata_hash == old.metadata_hash:
        return "same_metadata"
    if new._data_hash_values_no_sql != old._data_hash_values_no_sql:
        return "data_properties"
    statements = lambda model: [
        model._statement_renderer(statement).render() or statement
        for statement in [*model.pre_statements, *model.post_statements]
        if not model._is_metadata_statement(statement)
    ]
    if statements(new) != statements(old):
        return "statements"
    return "query" if type(new) is type(old) else "model_type"


def categorized(built, difference, new, old, categorizer):
    """The steps of `_categorize_snapshot` and `categorize_change` for a directly modified model."""
    from sqlmesh.core.config import AutoCategorizationMode
    from sqlmesh.core.plan.common import is_breaking_kind_change

    if is_breaking_kind_change(old, new):
        return [["kind_change"]]
    mode = categorizer.dict().get(new.model.source_type, AutoCategorizationMode.OFF)
    _, indirectly = built._build_directly_and_indirectly_modified(built._build_dag())
    below = indirectly.get(new.snapshot_id, set()) | {new.snapshot_id}
    unknown = [id for id in below if difference.snapshots[id].is_model]
    unknown = [id for id in unknown if difference.snapshots[id].model.columns_to_types is None]
    end = [["categorizer_full" if mode == AutoCategorizationMode.FULL else "categorizer_asks"]]
    if unknown:
        return [["columns_unknown", "itself" if new.snapshot_id in unknown else "downstream"], *end]
    if mode == AutoCategorizationMode.OFF:
        return [["categorizer_off"], *end]
    if type(new.model) is not type(old.model):
        return [["model_type"], *end]
    steps = compared(new.model, old.model)
    return steps if new.model.is_breaking_change(old.model) is False else [*steps, *end]


def compared(new, old):
    """What `is_breaking_change` compares, and what comes of it."""
    safe = new.is_breaking_change(old) is False
    if new.is_seed:
        return [["seed_kept" if safe else "seed_differs"]]
    if new.source_type == "external":
        return [["columns_kept" if safe else "columns_differ"]]
    if not new.is_sql:
        return [["python_code"]]
    if new.lookback != old.lookback:
        return [["lookback"]]
    before, after = old.render_query(), new.render_query()
    if before is None or after is None:
        return [["not_rendered"]]
    if safe:
        return [["queries_equal" if before == after else "additions"]]
    return places.steps(before, after)


def indirect(difference, new):
    """The branch of `_categorize_snapshot` for an indirectly modified model, with the parents that decide."""
    breaking = ("BREAKING", "INDIRECT_BREAKING")
    category = new.change_category.name
    modified = {name: pair[0] for name, pair in difference.modified_snapshots.items()}
    modified |= {snapshot.name: snapshot for snapshot in difference.snapshots.values() if snapshot.snapshot_id in difference.added}
    parents = {id.name: modified[id.name] for id in new.parents if id.name in modified}
    named = lambda snapshots: sorted(record.bare(name.replace('"', "")) for name in snapshots)
    above = {
        name: parent for name, parent in parents.items() if parent.change_category and parent.change_category.name in breaking
    }
    if new.is_materialized_view and not new.is_forward_only:
        return [["indirectly_modified"], ["materialized_view"]]
    if not parents:
        return [["indirectly_modified"], ["orphaned"]]
    step = {"INDIRECT_BREAKING": "breaking_above", "METADATA": "metadata_above"}.get(category, "not_breaking_above")
    return [["indirectly_modified"], [step, *named(above)]]


def answer(names, question):
    """The answer to one question."""
    os.chdir(question["root"])
    if question["gateways"]:
        names["context"] = ask.with_gateways
    verb = {"publish": publish, "plan": plan}[question["verb"]]
    try:
        return verb(names, question["root"], question["state"])
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def command_serve(arguments):
    """Answers questions from standard input, each in a process of its own."""
    ask.serve(arguments.oracle_script, answer)


class Bench(bench.Bench):
    """Asks about the steps behind an edit's plan."""

    def __init__(self, arguments, edit_set, source, folder):
        """`source` is the unmodified project, `folder` an empty directory."""
        command = [str(HERE / "reasons.py"), "serve", str(Path(arguments.oracle).resolve())]
        super().__init__(bench.Server(arguments, command), source, folder)
        self.gateways = edit_set.get("gateways", False)

    def ask(self, verb, state):
        """The server's answer about what is laid out."""
        return self.server.ask({"verb": verb, "root": str(self.project), "state": str(state), "gateways": self.gateways})

    def publish(self, state):
        """Makes what is laid out the state before."""
        return self.ask("publish", state)

    def answer(self, edit):
        """The steps by model; none where SQLMesh can't load or plan the edit."""
        before = self.changed(edit)
        copy = self.copied(before)
        copy.with_suffix(".models").write_bytes(before.with_suffix(".models").read_bytes())
        raw = self.ask("plan", copy)
        if "error" in raw:
            return {"error": record.one_line(raw["error"], str(self.project))}
        return {record.bare(name): steps for name, steps in raw["models"].items()}


def answers(arguments, edit_set, source, chosen):
    """SQLMesh's answers about the chosen edits of a set, by id."""
    return bench.answers(lambda folder: Bench(arguments, edit_set, source, folder), chosen)


def command_record(arguments):
    """Asks about all edits, or those named, and stores the answers."""
    for edit_set, source, path in record.edit_sets(arguments):
        if path.stem not in arguments.sets:
            continue
        wanted = [edit for edit in edit_set["edits"] if not arguments.only or edit["id"] in arguments.only]
        if not wanted:
            continue
        path = path.with_name(f"reasons-{path.name}")
        recorded = record.read_recorded(path) if arguments.only else {}
        recorded.update(answers(arguments, edit_set, source, wanted))
        head = {"format": 1, "project": edit_set["project"], "sqlmesh": sdist.VERSION}
        record.write_recorded(path, head, "edits", recorded)


def command_check(arguments):
    """Asks SQLMesh again about some edits and compares with what is recorded."""
    wrong = []
    for edit_set, source, path in record.edit_sets(arguments):
        if path.stem not in SETS:
            continue
        recorded = record.read_recorded(path.with_name(f"reasons-{path.name}"))
        chosen = random.Random(arguments.seed).sample(edit_set["edits"], min(arguments.sample, len(edit_set["edits"])))
        for id, answer in answers(arguments, edit_set, source, chosen).items():
            if answer != recorded.get(id):
                wrong.append(f"{id}: recorded {recorded.get(id)}, SQLMesh says {answer}")
    record.finish(wrong)


def main():
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(required=True)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--python", default=sys.executable)
    shared.add_argument("--oracle", default=str(record.ORACLE))
    shared.add_argument("--sdist")
    recording = verbs.add_parser("record", parents=[shared])
    recording.add_argument("--only", nargs="+")
    recording.add_argument("--sets", nargs="+", default=SETS)
    recording.set_defaults(run=command_record)
    checking = verbs.add_parser("check", parents=[shared])
    checking.add_argument("--sample", type=int, default=3)
    checking.add_argument("--seed", type=int)
    checking.set_defaults(run=command_check)
    serving = verbs.add_parser("serve")
    serving.add_argument("oracle_script")
    serving.set_defaults(run=command_serve)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
