#!/usr/bin/env python3
"""Records what SQLMesh says about the edit sets, so that `impact` can be compared with it without Python.

  record.py fetch                     the source distribution with the example projects; prints where it is
  record.py record [--only ID ...]    asks SQLMesh about every edit, writes recorded/PROJECT.json
  record.py commits --count N         puts N commits of several edits together for each edit set, asks about them,
                                      writes recorded/commits-PROJECT.json
  record.py lineage [--project DIR]   asks for the lineage of the unmodified examples, or of the project in DIR;
                                      writes recorded/lineage-*.json, named after the example or DIR
  record.py apply EDIT DIR            applies one edit to a copy of its project, in place
  record.py check                     are the recorded answers those of today's edit set? Needs no SQLMesh
  record.py live --sample N           asks again about N edits; exit status 1 if an answer differs
  record.py live --commits N          the same about N of the recorded commits

What is recorded and what it means: README.md.
"""

import argparse
import json
import random
import re
import shutil
import sys
import tempfile
from pathlib import Path

import bench
import commits
import edits
import sdist

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
ORACLE = REPOSITORY.parent / "shared" / "oracle" / "sqlmesh_oracle.py"
CATALOG = "memory"
LINEAGE = {
    "sushi": ["sushi"],
    "multi": ["multi/repo_1", "multi/repo_2"],
    "wursthall": ["wursthall"],
}


class Oracle(bench.Server):
    """SQLMesh, in a process beside this one."""

    def __init__(self, arguments, stand_ins=()):
        """Starts the process with what the examples import in reach; `stand_ins` are packages that may be missing."""
        super().__init__(arguments, [str(HERE / "ask.py"), str(Path(arguments.oracle).resolve()), *stand_ins])

    def ask(self, verb, state, roots, permit=False, gateways=False):
        """The answer to one question about the project in `roots`."""
        roots = [str(root) for root in roots]
        return super().ask(
            {"verb": verb, "state": str(state), "roots": roots, "permit": permit, "gateways": gateways}
        )


class Bench(bench.Bench):
    """Asks how an edit is planned; the server is an `Oracle`."""

    gateways = False
    # Where the projects are that are planned as one.
    roots = ("",)

    def publish(self, state):
        """Makes what is laid out the state before."""
        return self.server.ask("publish", state, self.places(), gateways=self.gateways)

    def places(self):
        """The folders of the projects."""
        return [self.project / root for root in self.roots]

    def answer(self, edit):
        """What SQLMesh plans for an edit; where it refuses a destructive change, what it plans once that is allowed."""
        before = self.changed(edit)
        raw = self.planned(before)
        if "destructive" in raw.get("plan_error", ""):
            raw = {"plan_error": raw["plan_error"], **self.planned(before, permit=True)}
        return tidy(raw, str(self.project))

    def planned(self, before, permit=False):
        """The oracle's plan for what is laid out, on a copy of the state database."""
        return self.server.ask("plan", self.copied(before), self.places(), permit, self.gateways)


def tidy(raw, project):
    """An answer without what varies from run to run: durations, paths, the default catalog."""
    failures = {key: one_line(raw[key], project) for key in ("error", "plan_error") if key in raw}
    if "direct" not in raw:
        return failures
    return {
        **failures,
        "added": names(raw["added"]),
        "removed": names(raw["removed"]),
        "direct": categories(raw["direct"]),
        "indirect": categories(raw["indirect"]),
        "metadata": names(raw["metadata"]),
    }


def bare(name):
    """A model's name without the default catalog, which some dialects write in capitals."""
    return name.removeprefix(CATALOG + ".").removeprefix(CATALOG.upper() + ".")


def names(raw):
    """Sorted names of models."""
    return sorted(map(bare, raw))


def categories(raw):
    """Category by name of model, sorted."""
    return {bare(name): raw[name] for name in sorted(raw, key=bare)}


def one_line(message, project):
    """An error message without colours, line ends and the place of the working copy."""
    message = re.sub(r"\x1b\[[0-9;]*m", "", message).replace(project, "PROJECT")
    return " ".join(message.split())[:300]


def answers(arguments, edit_set, source, chosen):
    """SQLMesh's answer for each of the chosen edits of a set, by id."""

    def start(folder):
        made = Bench(Oracle(arguments), source, folder)
        made.gateways = edit_set.get("gateways", False)
        made.roots = edit_set.get("roots", made.roots)
        return made

    return bench.answers(start, chosen)


def edit_sets(arguments):
    """Every edit set with its source directory and the file of its recorded answers."""
    for path in sorted((HERE / "edits").glob("*.json")):
        edit_set = edits.load(path)
        yield edit_set, source_of(edit_set["project"], arguments), HERE / "recorded" / path.name


def source_of(project, arguments):
    """The directory of an edit set's project: a generated one, a folder of the repository, an example of SQLMesh."""
    if project.startswith("bench-"):
        return sdist.generated(REPOSITORY, int(project.removeprefix("bench-")))
    if (REPOSITORY / project).is_dir():
        return REPOSITORY / project
    return sdist.fetch(arguments.sdist, arguments.python) / "examples" / project


def read_recorded(path):
    """The recorded answers by edit, empty before the first recording."""
    return json.loads(path.read_text(encoding="utf-8"))["edits"] if path.exists() else {}


def write_recorded(path, head, key, entries):
    """Writes a file of answers: sorted, one line an entry, so that a changed answer is one changed line."""
    lines = [f" {json.dumps(key)}: {bench.compact(entries[key])}" for key in sorted(entries)]
    start = json.dumps(head, ensure_ascii=False)[:-1]
    path.write_text(f"{start}, {json.dumps(key)}: {{\n" + ",\n".join(lines) + "\n}}\n", encoding="utf-8")


def command_fetch(arguments):
    """Prints where the source distribution is."""
    print(sdist.fetch(arguments.sdist, arguments.python))


def command_record(arguments):
    """Asks about all edits, or those named, and stores the answers."""
    for edit_set, source, path in edit_sets(arguments):
        wanted = [edit for edit in edit_set["edits"] if not arguments.only or edit["id"] in arguments.only]
        if not wanted:
            continue
        recorded = read_recorded(path) if arguments.only else {}
        current = {edit["id"] for edit in edit_set["edits"]}
        recorded = {id: entry for id, entry in recorded.items() if id in current}
        by_id = {edit["id"]: edit for edit in wanted}
        for id, answer in answers(arguments, edit_set, source, wanted).items():
            recorded[id] = {"asked": edits.digest(edits.question(by_id[id])), **answer}
        head = {"format": 1, "project": edit_set["project"], "sqlmesh": sdist.VERSION}
        write_recorded(path, head, "edits", recorded)


def command_commits(arguments):
    """Asks about random commits of several edits, and stores the answers with the edits they consist of."""
    left_out = json.loads((HERE / "differences.json").read_text(encoding="utf-8"))["edits"]
    for edit_set, source, path in edit_sets(arguments):
        if arguments.only and path.stem not in arguments.only:
            continue
        by_id = {edit["id"]: edit for edit in edit_set["edits"]}
        chosen = commits.choose(edit_set, read_recorded(path), source, arguments.count, arguments.seed, left_out)
        parts = {f"{arguments.seed}-{number:04}": ids for number, ids in enumerate(chosen)}
        asked = [
            {"id": id, "operations": commits.operations([by_id[part] for part in ids])} for id, ids in parts.items()
        ]
        planned = answers(arguments, edit_set, source, asked)
        # What SQLMesh can't load or plan says nothing.
        entries = {id: {"of": parts[id], **answer} for id, answer in planned.items() if "direct" in answer}
        head = {"format": 1, "project": edit_set["project"], "sqlmesh": sdist.VERSION, "seed": arguments.seed}
        write_recorded(path.with_name(f"commits-{path.name}"), head, "edits", entries)


def command_lineage(arguments):
    """Stores the lineage of the unmodified examples, or of one project."""
    oracle = Oracle(arguments)
    if arguments.project:
        project = arguments.project.resolve()
        record_lineage(oracle, project.name, project, [""], arguments.types)
    else:
        examples = sdist.fetch(arguments.sdist, arguments.python) / "examples"
        for name, parts in LINEAGE.items():
            first, roots = parts[0].split("/")[0], [part.partition("/")[2] for part in parts]
            record_lineage(oracle, name, examples / first, roots)
    oracle.close()


def record_lineage(oracle, name, source, roots, only_types=False):
    """Stores the lineage of the project in `source`, whose roots are given relative to it, or its columns' types."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        shutil.copytree(source, copy, symlinks=True, ignore=bench.LEFT_OUT)
        raw = oracle.ask("lineage", Path(folder) / "state.db", [copy / root for root in roots])
    if "error" in raw:
        raise SystemExit(f"{name}: {one_line(raw['error'], str(copy))}")
    head = {"format": 1, "project": name, "sqlmesh": sdist.VERSION}
    if only_types:
        models = {bare(model): raw[model]["columns"] for model in raw}
        write_recorded(HERE / "recorded" / f"{name}.json", head, "models", models)
        return
    models = {bare(model): tidy_lineage(raw[model]) for model in raw}
    write_recorded(HERE / "recorded" / f"lineage-{name}.json", head, "models", models)


def tidy_lineage(raw):
    """A model's kind, columns with types, parents, and the parents' columns behind each of its columns."""
    sources = {
        column: {bare(parent): sorted(raw_columns) for parent, raw_columns in sorted(parents.items())}
        for column, parents in raw["lineage"].items()
    }
    return {
        "kind": raw["kind"],
        "type": raw["type"],
        "columns": raw["columns"],
        "depends_on": names(raw["depends_on"]),
        "lineage": sources,
    }


def command_apply(arguments):
    """Applies one edit: what comes before it, then the edit itself."""
    for path in sorted((HERE / "edits").glob("*.json")):
        for edit in edits.load(path)["edits"]:
            if edit["id"] == arguments.edit:
                edits.apply(edits.given(edit) + edit["operations"], arguments.directory)
                return
    raise SystemExit(f"no edit is called {arguments.edit}")


def command_check(arguments):
    """Compares the questions on record with those of the edit set, and tries every operation on a copy."""
    wrong = []
    for edit_set, source, path in edit_sets(arguments):
        recorded = read_recorded(path)
        for edit in edit_set["edits"]:
            asked = recorded.pop(edit["id"], {}).get("asked")
            if asked != edits.digest(edits.question(edit)):
                wrong.append(f"{edit['id']}: no answer recorded for this form of the edit")
            wrong += misfit(edit, source)
        wrong += [f"{id}: recorded, but there is no such edit" for id in recorded]
    finish(wrong)


def misfit(edit, source):
    """Why an edit can't be applied to its project, as a list of none or one."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        shutil.copytree(source, copy, symlinks=True, ignore=bench.LEFT_OUT)
        try:
            edits.apply(edits.given(edit) + edit["operations"], copy)
        except (edits.EditError, OSError) as error:
            return [f"{edit['id']}: {error}"]
    return []


def without_place(answer):
    """Of several models that SQLMesh refuses, the one that is read first is told, and which one that is hangs on chance."""
    error = answer.get("error")
    return {**answer, "error": re.sub(r" (at|from file) 'PROJECT/[^']*'", "", error)} if error else answer


def command_live(arguments):
    """Asks SQLMesh again about some edits or commits and compares with what is recorded."""
    wrong = []
    for edit_set, source, path in edit_sets(arguments):
        asked, count = edit_set["edits"], arguments.sample
        if arguments.commits:
            path, count = path.with_name(f"commits-{path.name}"), arguments.commits
            asked = recorded_commits(edit_set, read_recorded(path))
        recorded = read_recorded(path)
        chosen = random.Random(arguments.seed).sample(asked, min(count, len(asked)))
        for id, answer in answers(arguments, edit_set, source, chosen).items():
            expected = {key: value for key, value in recorded.get(id, {}).items() if key not in ("asked", "of")}
            if without_place(answer) != without_place(expected):
                wrong.append(f"{id}: recorded {bench.compact(expected)}, SQLMesh says {bench.compact(answer)}")
    finish(wrong)


def recorded_commits(edit_set, recorded):
    """The commits on record, as edits."""
    by_id = {edit["id"]: edit for edit in edit_set["edits"]}
    return [
        {"id": id, "operations": commits.operations([by_id[part] for part in entry["of"]])}
        for id, entry in recorded.items()
    ]


def finish(wrong):
    """Prints what is wrong; exit status 1 if anything is."""
    for line in wrong:
        print(line)
    if wrong:
        raise SystemExit(1)


def parse_arguments():
    """Reads the command line."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--sdist", metavar="DIR", help="SQLMesh's source distribution, unpacked (default: fetched)")
    shared.add_argument("--python", default=sys.executable, help="a Python with SQLMesh (default: this one)")
    shared.add_argument("--oracle", default=ORACLE, metavar="FILE", help="the oracle script (default: %(default)s)")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name, function):
        part = commands.add_parser(name, parents=[shared], help=function.__doc__)
        part.set_defaults(run=function)
        return part

    command("fetch", command_fetch)
    command("record", command_record).add_argument("--only", nargs="+", metavar="ID", help="these edits only")
    part = command("commits", command_commits)
    part.add_argument("--count", type=int, default=100, metavar="N", help="how many for each edit set")
    part.add_argument("--seed", type=int, default=1, help="chooses other commits")
    part.add_argument("--only", nargs="+", metavar="SET", help="these edit sets only")
    part = command("lineage", command_lineage)
    part.add_argument("--project", type=Path, metavar="DIR", help="this project instead of the examples")
    part.add_argument("--types", action="store_true", help="only the types of its columns")
    part = command("apply", command_apply)
    part.add_argument("edit")
    part.add_argument("directory")
    command("check", command_check)
    part = command("live", command_live)
    part.add_argument("--sample", type=int, default=5, metavar="N", help="how many edits of each set")
    part.add_argument("--commits", type=int, metavar="N", help="how many commits of each set, instead of edits")
    part.add_argument("--seed", type=int, help="choose the same edits again")
    return parser.parse_args()


def main():
    """Runs the command."""
    arguments = parse_arguments()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
