#!/usr/bin/env python3
"""Records what SQLMesh's formatter makes of this repository's projects, and how SQLMesh plans that.

  VENV/bin/python tests/oracle/formatted.py ORACLE        needs sqlmesh==0.236.4; ORACLE is sqlmesh_oracle.py

Writes recorded/formatted.json: for each project the files that the formatter changes, as `sqlmesh format` writes them, and the
models that `sqlmesh plan` then lists, with their categories.
"""

import json
import logging
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from sqlmesh.core.dialect import format_model_expressions, parse

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PROJECTS = ["testdata/constructs", "testdata/lineage", "testdata/nodes", "testdata/schedules"]


def formatted(path, default):
    """The text of a model's or audit's file, formatted; None where there is nothing to format."""
    text = path.read_text(encoding="utf-8")
    if not re.search(r"^\s*(MODEL|AUDIT)\b", text, re.IGNORECASE | re.MULTILINE):
        return None
    written = re.search(r"\bdialect\s+([\w\"]+)", text, re.IGNORECASE)
    dialect = written.group(1).strip('"') if written else default
    return format_model_expressions(parse(text, default_dialect=dialect), dialect) + "\n"


def changed_files(project):
    """The files that look otherwise when formatted, by their path in the project."""
    files = {}
    for path in sorted(project.rglob("*.sql")):
        after = formatted(path, "duckdb")
        if after is not None and after != path.read_text(encoding="utf-8"):
            files[path.relative_to(project).as_posix()] = after
    return files


def planned(project, files, oracle):
    """What SQLMesh plans for the formatted project: category by model."""
    with tempfile.TemporaryDirectory() as folder:
        after = Path(folder) / "after"
        shutil.copytree(project, after)
        for path, text in files.items():
            (after / path).write_text(text, encoding="utf-8")
        asked = [sys.executable, oracle, "diff", str(project), str(after)]
        answer = json.loads(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)
    plan = {**answer["direct"], **answer["indirect"], **{name: "METADATA" for name in answer["metadata"]}}
    assert not answer["added"] and not answer["removed"], answer
    bare = {re.sub(r"^memory\.", "", name, flags=re.IGNORECASE): category for name, category in plan.items()}
    return dict(sorted(bare.items()))


def main():
    """Formats, asks and writes."""
    logging.disable(logging.CRITICAL)
    recorded = {}
    for name in PROJECTS:
        files = changed_files(ROOT / name)
        recorded[name] = {"files": files, "plan": planned(ROOT / name, files, sys.argv[1])}
    text = json.dumps({"format": 1, "sqlmesh": "0.236.4", "projects": recorded}, indent=1, ensure_ascii=False)
    (HERE / "recorded" / "formatted.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
