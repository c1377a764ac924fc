#!/usr/bin/env python3
"""Records what SQLMesh would build again after an edit, so that `impact` can be compared with it without Python.

  rebuild.py record [--only ID ...]   asks SQLMesh about every edit of `edits/schedules.json` and `edits/kinds.json` and
                                      about those of the other sets that are named here; writes recorded/rebuild-PROJECT.json
  rebuild.py check --sample N         asks again about N edits of each set; exit status 1 if an answer differs
  rebuild.py serve ORACLE             the part that runs inside SQLMesh's Python; `record` starts it

In: edit sets, the oracle script (for its `context`), an instant that is taken for now.
Out: by edit and by plan (`plain`, `forward_only`, `bot`) how each model is listed, in which category, whether its
table is a new one, and how many of its intervals are missing. The environment holds the state before the edit and
was backfilled as far as SQLMesh's first plan asks for.
Must never execute a model: intervals are entered into the state as if they had been run.
"""

import argparse
import os
import random
import sys
from pathlib import Path

import ask
import bench
import record
import sdist

HERE = Path(__file__).resolve().parent
NOW = "2024-03-14 10:37:00"
PLANS = {"plain": {}, "forward_only": {"forward_only": True}, "bot": {"bot": True}}

# Edits of the other sets, beside all of `schedules` and `kinds`: those that touch times, kinds, seeds and forward-only models.
CHOSEN = {
    "sushi": """nothing column-added-last-leaf scd-column-added column-added-under-distinct column-added-star-reader
        column-removed-star-reader column-added-and-read column-removed-unread column-renamed-leaf expression-changed
        filter-added self-reference-changed time-filter-changed owner-changed cron-changed cron-changed-same-interval
        start-added model-renamed-leaf model-disabled allow-partials interval-unit-changed kind-full-to-view
        kind-view-to-full kind-view-materialized kind-incremental-to-full kind-time-range-to-unique-key
        kind-custom-property-changed time-column-changed unique-key-changed scd-hard-deletes batch-size-changed
        lookback-added lookback-changed forward-only-added forward-only-expression-changed forward-only-column-added
        disable-restatement partitioned-by-added audit-added audit-of-external-changed seed-row-changed
        seed-column-added seed-type-changed seed-description-changed python-body-changed python-description-changed
        external-column-added external-start-changed external-audit-changed external-model-added model-added
        model-added-and-read model-removed-leaf model-removed-with-reader blueprint-added config-default-start
        config-default-cron config-default-partial config-virtual-mode-dev-only config-categorizer-semi
        config-categorizer-off three-edits-in-line parent-additive-child-breaking two-parents""".split(),
    "wursthall": """wursthall-column-added-end wursthall-expression-changed wursthall-owner wursthall-cron-hourly
        wursthall-cron-same-unit wursthall-batch-size wursthall-lookback wursthall-kind-view-to-full
        wursthall-kind-time-to-full wursthall-kind-time-to-unique wursthall-materialized wursthall-seed-row
        wursthall-python-code wursthall-python-cron wursthall-model-added wursthall-model-removed
        wursthall-default-cron""".split(),
    "depot": """nothing depot-default-cron depot-default-interval-unit depot-default-start depot-default-allow-partials
        depot-default-on-destructive depot-default-on-additive depot-default-kind-used depot-auto-off-sql depot-auto-semi-sql
        depot-auto-off-python depot-auto-full-all depot-auto-semi-seed depot-auto-semi-external depot-plan-forward-only
        depot-virtual-dev-only depot-mapping-schema depot-py-constant depot-py-kind depot-py-cron depot-blue-value
        depot-blue-added depot-blue-renamed depot-pyblue-added depot-gateway-default depot-h-start depot-h-end
        depot-h-cron-hourly depot-h-cron-tz depot-h-interval depot-h-allow-partials depot-h-stamp depot-h-kind-view
        depot-h-kind-incr depot-h-stage-lookback depot-h-stage-lookback-gone depot-h-stage-forward depot-h-stage-destructive
        depot-h-stage-partition-time depot-h-stage-time-format-other depot-h-stage-to-key depot-h-stage-to-partition
        depot-h-stage-to-unmanaged depot-h-scd-forward depot-h-scd-by-column depot-h-scd-column depot-h-scd-column-removed
        depot-h-forward-query depot-h-forward-column depot-h-forward-destructive depot-h-forward-type depot-h-forward-off
        depot-h-forward-pinned depot-h-part-query depot-h-part-restate depot-h-mat-off depot-h-mat-query depot-h-seed-value
        depot-h-seed-column-new depot-h-external-added depot-h-external-type depot-q-wide-column depot-q-wide-removed
        depot-q-emb depot-q-dates depot-q-post-if""".split(),
    "bench": "bench-column-end bench-seed-cell bench-external-column bench-default-start bench-two-edits".split(),
}


def publish(names, root, state, _options):
    """Makes the project what prod runs, with every interval entered that SQLMesh's first plan would run."""
    context = names["context"](root, state, False)
    plan = context.plan_builder("prod", skip_tests=True, skip_linter=True).build()
    context.state_sync.push_snapshots(plan.new_snapshots)
    snapshots = {snapshot.snapshot_id: snapshot for snapshot in plan.snapshots.values()}
    for missing in plan.missing_intervals:
        snapshot = snapshots[missing.snapshot_id]
        starts_and_ends = missing.intervals
        context.state_sync.add_interval(snapshot, starts_and_ends[0][0], starts_and_ends[-1][1])
    context.state_sync.promote(plan.environment)
    context.state_sync.finalize(plan.environment)
    return {"models": len(context.models)}


def plan(names, root, state, options):
    """What the plan lists, builds anew and finds missing."""
    context = names["context"](root, state, False)
    settings = {"skip_tests": True, "skip_linter": True}
    if options.get("forward_only"):
        settings["forward_only"] = True
    if options.get("bot"):
        settings["categorizer_config"] = categorizer_of_bot(context)
    try:
        built = context.plan_builder("prod", **settings).build()
    except Exception as error:
        permitted = {**settings, "allow_destructive_models": ["*"], "allow_additive_models": ["*"]}
        try:
            return {"refused": str(error), **described(context.plan_builder("prod", **permitted).build())}
        except Exception:
            return {"refused": str(error)}
    return described(built)


def categorizer_of_bot(context):
    """As the CI/CD bot's controller chooses it."""
    from sqlmesh.integrations.github.cicd.config import GithubCICDBotConfig

    bot = context.config.cicd_bot or GithubCICDBotConfig(auto_categorize_changes=context.auto_categorize_changes)
    return bot.auto_categorize_changes


def described(built):
    """Every model of the plan, by name."""
    difference = built.context_diff
    missing = {item.snapshot_id: len(item.intervals) for item in built.missing_intervals}
    models = {}
    for snapshot in difference.snapshots.values():
        if not snapshot.is_model:
            continue
        count = missing.get(snapshot.snapshot_id, 0)
        modified = difference.modified_snapshots.get(snapshot.name)
        if modified:
            new, old = modified
            category = new.change_category.name if new.change_category else None
            is_new = new.version_get_or_generate() != old.version_get_or_generate()
            models[snapshot.name] = [how(difference, snapshot.name), category, is_new, count]
        elif snapshot.snapshot_id in difference.added:
            models[snapshot.name] = ["added", snapshot.change_category.name, True, count]
        elif count:
            models[snapshot.name] = ["none", None, False, count]
    for removed in difference.removed_snapshots.values():
        models[removed.name] = ["removed", None, False, 0]
    return {"models": {name.replace('"', ""): models[name] for name in sorted(models)}}


def how(difference, name):
    """How the plan lists a modified model."""
    if difference.directly_modified(name):
        return "direct"
    return "indirect" if difference.indirectly_modified(name) else "metadata"


def answer(names, question):
    """The answer to one question, at the instant that is taken for now."""
    import time_machine

    os.chdir(question["root"])
    if question["gateways"]:
        names["context"] = ask.with_gateways
    verb = {"publish": publish, "plan": plan}[question["verb"]]
    try:
        with time_machine.travel(question["now"] + "+00:00", tick=False):
            return verb(names, question["root"], question["state"], question["options"])
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def command_serve(arguments):
    """Answers questions from standard input, each in a process of its own."""
    ask.serve(arguments.oracle_script, answer)


class Bench(bench.Bench):
    """Asks about every plan of an edit."""

    def __init__(self, arguments, edit_set, source, folder):
        """`source` is the unmodified project, `folder` an empty directory."""
        command = [str(HERE / "rebuild.py"), "serve", str(Path(arguments.oracle).resolve())]
        super().__init__(bench.Server(arguments, command), source, folder)
        self.gateways, self.now = edit_set.get("gateways", False), now(edit_set)

    def ask(self, verb, state, options):
        """The server's answer about what is laid out."""
        question = {"verb": verb, "root": str(self.project), "state": str(state), "options": options}
        return self.server.ask({**question, "gateways": self.gateways, "now": self.now})

    def publish(self, state):
        """Makes what is laid out the state before."""
        return self.ask("publish", state, {})

    def answer(self, edit):
        """What SQLMesh plans for an edit, by plan."""
        before = self.changed(edit)
        return {
            name: tidy(self.ask("plan", self.copied(before), PLANS[name]), str(self.project))
            for name in plans(edit["id"])
        }


def plans(edit):
    """The plans to ask about: the bot's only where its setting is touched."""
    return list(PLANS) if any(word in edit for word in ("bot", "categorizer", "-auto-")) else ["plain", "forward_only"]


def tidy(raw, project):
    """An answer without paths and the default catalog."""
    failures = {key: record.one_line(raw[key], project) for key in ("error", "refused") if key in raw}
    models = {record.bare(name): entry for name, entry in raw.get("models", {}).items()}
    return {**failures, "models": models} if "models" in raw else failures


def answers(arguments, edit_set, source, chosen):
    """SQLMesh's answers about the chosen edits of a set, by id."""
    return bench.answers(lambda folder: Bench(arguments, edit_set, source, folder), chosen)


def sets(arguments):
    """Each edit set with the edits that are asked about, its source directory and the file of its answers."""
    for edit_set, source, path in record.edit_sets(arguments):
        wanted = [edit for edit in edit_set["edits"] if is_chosen(path.stem, edit["id"])]
        if wanted:
            yield edit_set, wanted, source, path.with_name(f"rebuild-{path.name}")


def command_record(arguments):
    """Asks about all chosen edits, or those named, and stores the answers."""
    for edit_set, wanted, source, path in sets(arguments):
        wanted = [edit for edit in wanted if not arguments.only or edit["id"] in arguments.only]
        if not wanted:
            continue
        recorded = record.read_recorded(path) if arguments.only else {}
        recorded.update(answers(arguments, edit_set, source, wanted))
        head = {"format": 1, "project": edit_set["project"], "sqlmesh": sdist.VERSION, "now": now(edit_set)}
        record.write_recorded(path, head, "edits", recorded)


def command_check(arguments):
    """Asks SQLMesh again about some edits and compares with what is recorded."""
    wrong = []
    for edit_set, wanted, source, path in sets(arguments):
        recorded = record.read_recorded(path)
        chosen = random.Random(arguments.seed).sample(wanted, min(arguments.sample, len(wanted)))
        for id, answer in answers(arguments, edit_set, source, chosen).items():
            if answer != recorded.get(id):
                wrong.append(f"{id}: recorded {recorded.get(id)}, SQLMesh says {answer}")
    record.finish(wrong)


def now(edit_set):
    """The instant that is taken for now."""
    return edit_set.get("now", NOW)


def is_chosen(edit_set, edit):
    """Is this edit of this set asked about?"""
    return edit_set in ("custom", "kinds", "schedules") or edit in CHOSEN.get(edit_set, [])


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
