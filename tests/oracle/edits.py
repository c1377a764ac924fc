"""Edit sets: named changes of an example project, stored as data.

In: a JSON file of `edits/`, and a directory with a copy of the project.
Out: the same directory with the operations applied.
Must never touch anything outside that directory, nor apply an operation half: a snippet that isn't there, or is
there twice, is an error.
"""

import hashlib
import json
from pathlib import Path

SHAPES = [
    {"file", "find", "replace"},
    {"file", "append"},
    {"file", "write"},
    {"file", "delete"},
    {"file", "rename"},
]


class EditError(Exception):
    """An edit set that can't be read or an operation that doesn't fit the project."""


def load(path):
    """The edit set in `path`, checked: ids unique, every operation of a known shape. What is given for all is for each."""
    edit_set = json.loads(Path(path).read_text(encoding="utf-8"))
    seen = set()
    for edit in edit_set["edits"]:
        if edit["id"] in seen:
            raise EditError(f"two edits are called {edit['id']}")
        seen.add(edit["id"])
        if edit_set.get("given"):
            edit["given"] = edit_set["given"] + given(edit)
        for operation in given(edit) + edit["operations"]:
            if set(operation) not in SHAPES:
                raise EditError(f"{edit['id']}: no such operation: {sorted(operation)}")
    return edit_set


def given(edit):
    """The operations that make the state before the edit; none for most edits."""
    return edit.get("given", [])


def digest(value):
    """A short fingerprint of an edit or a list of operations, to see that an answer belongs to a question."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def question(edit):
    """What of an edit decides the answer: its description doesn't."""
    return {"given": given(edit), "operations": edit["operations"]}


def apply(operations, root):
    """Applies the operations, in order, to the project in `root`."""
    for operation in operations:
        apply_one(operation, Path(root))


def apply_one(operation, root):
    """Applies one operation."""
    path = inside(root, operation["file"])
    if "find" in operation:
        text = read(path)
        count = text.count(operation["find"])
        if count != 1:
            raise EditError(f"{operation['file']}: {operation['find']!r} occurs {count} times, not once")
        write(path, text.replace(operation["find"], operation["replace"]))
    elif "append" in operation:
        write(path, read(path) + operation["append"])
    elif "write" in operation:
        write(path, operation["write"])
    elif "delete" in operation:
        path.unlink()
    else:
        target = inside(root, operation["rename"])
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)


def read(path):
    """A file with its line ends as they are."""
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def write(path, text):
    """Writes a file as it is given, with its line ends, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")


def inside(root, relative):
    """The path of a project file; refuses one that leaves the project."""
    path = (root / relative).resolve()
    if not path.is_relative_to(root.resolve()):
        raise EditError(f"{relative} is outside the project")
    return path
