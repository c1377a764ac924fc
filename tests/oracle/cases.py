"""Asks SQLMesh about the cases of `testdata/cases`; runs under the Python that has it.

    cases.py ORACLE [--write] [CASE...]

In: the oracle script, names of cases (all, if none is given). Out: what the column SQLMesh of each case's table should hold,
where it holds something else. `--write` puts it there: the category; what impact thinks of it (`: unsafe`,
`: over broad`) is kept.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "testdata" / "cases"


def section(text, heading):
    """The lines below `## heading`, up to the next heading outside of code."""
    lines, inside, code = [], False, False
    for line in text.splitlines():
        if line.startswith("```"):
            code = not code
        if line.startswith("## ") and not code:
            inside = line[3:] == heading
        elif inside:
            lines.append(line)
    return lines


def apply(lines, files):
    """Puts the files of a section into `files`."""
    path, code = None, None
    for line in lines:
        if code is not None:
            if line == "```":
                files[path], code = "\n".join(code) + "\n", None
            else:
                code.append(line)
        elif line.startswith("```"):
            code = []
        elif line.startswith("`"):
            path, rest = line[1:].split("`", 1)
            if rest.strip() == "is removed":
                del files[path]
    return files


def states(text):
    common = apply(section((FOLDER / "README.md").read_text(), "Files of every case"), {})
    before = apply(section(text, "Before"), common)
    return before, apply(section(text, "After"), dict(before))


def ask(oracle, text):
    with tempfile.TemporaryDirectory() as folder:
        roots = [Path(folder) / name for name in ("before", "after")]
        for root, files in zip(roots, states(text)):
            for path, content in files.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(content)
        command = [sys.executable, oracle, "diff", *map(str, roots)]
        answer = subprocess.run(command, capture_output=True, text=True)
    try:
        return json.loads(answer.stdout)
    except json.JSONDecodeError:
        return {"error": (answer.stderr or answer.stdout)[-300:]}


def cell(answer, model):
    """What the table says of a model; empty where the project can't be planned."""
    if "error" in answer or "plan_error" in answer:
        return ""
    known = [*answer["added"], *answer["removed"], *answer["metadata"], *answer["direct"], *answer["indirect"]]
    # The oracle adds the name of the default catalog.
    model = next((name for name in known if name == model or name.endswith(f".{model}")), model)
    if model in answer["added"]:
        return "added"
    if model in answer["removed"]:
        return "removed"
    if model in answer["metadata"]:
        return "METADATA"
    for kind in ("direct", "indirect"):
        if model in answer[kind]:
            return answer[kind][model] or "asks"
    return "not listed"


def main():
    oracle, *rest = sys.argv[1:]
    names = [name for name in rest if name != "--write"] or sorted(path.stem for path in FOLDER.glob("*.md"))
    for name in names:
        if name == "README":
            continue
        path = FOLDER / f"{name}.md"
        text = path.read_text()
        answer = ask(oracle, text)
        for error in filter(None, (answer.get("error"), answer.get("plan_error"))):
            print(f"{name}: {error}")
        lines = text.splitlines()
        for at, line in enumerate(lines):
            cells = [part.strip() for part in line.strip("|").split("|")]
            if not line.startswith("| ") or len(cells) != 5 or cells[0] == "model":
                continue
            was, _, thought = cells[4].partition(":")
            now = cell(answer, cells[0])
            if now != was:
                print(f"{name}: {cells[0]} {was or 'nothing'!r}, SQLMesh says {now or 'nothing'!r}")
                lines[at] = "| " + " | ".join([*cells[:4], f"{now}:{thought}" if thought else now]) + " |"
        if "--write" in rest:
            path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
