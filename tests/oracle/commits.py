"""Commits of several edits, put together at random from the edit sets.

In: an edit set with its recorded answers, the unmodified project, a seed.
Out: lists of ids of edits that fit together, the same for the same seed.
Must never choose edits that SQLMesh can't load or plan on their own: such a commit says nothing about the others.
"""

import random
import shutil
import tempfile
from pathlib import Path

import edits

SIZES = [2, 2, 2, 3, 3, 4, 5]


def choose(edit_set, recorded, source, count, seed, left_out):
    """At most `count` lists of ids: edits of the set that can be applied one after the other.

    `recorded` are the answers about single edits, `source` the project's folder; edits that are in `left_out`, that
    need a state before of their own, or that SQLMesh refuses are not used."""
    usable = [edit for edit in edit_set["edits"] if fits(edit, recorded, left_out)]
    chance = random.Random(seed)
    chosen, seen = [], set()
    for _ in range(count * 20):
        if len(chosen) == count or len(usable) < 2:
            break
        picked = chance.sample(usable, min(chance.choice(SIZES), len(usable)))
        ids = tuple(edit["id"] for edit in picked)
        if frozenset(ids) not in seen and together(picked, source):
            seen.add(frozenset(ids))
            chosen.append(list(ids))
    return chosen


def fits(edit, recorded, left_out):
    """Can the edit be part of a commit?"""
    answer = recorded.get(edit["id"], {"error": "not asked"})
    return edit["id"] not in left_out and not edits.given(edit) and not {"error", "plan_error"} & set(answer)


def together(picked, source):
    """Can these edits be applied one after the other? Two that touch the same lines can't."""
    with tempfile.TemporaryDirectory() as folder:
        for name in {operation["file"] for edit in picked for operation in edit["operations"]}:
            if (source / name).is_file():
                target = Path(folder) / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source / name, target)
        try:
            edits.apply(operations(picked), folder)
        except (edits.EditError, OSError):
            return False
    return True


def operations(picked):
    """The operations of all these edits, in order."""
    return [operation for edit in picked for operation in edit["operations"]]
