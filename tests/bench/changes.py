"""The second commit: small changes to the text of a model, of the kinds that people make.

In: the text of a model's file. Out: the changed text, or `None` where the change has no place in this model.
Must never change the names of columns that others may read, so that the project still loads.
"""

import re


def add_column(rng, text):
    """One more column at the end of the last SELECT."""
    head, select, tail = text.rpartition("\nSELECT\n")
    if not select or "UNION ALL" in text or "\nFROM " not in tail:
        return None
    projections, _, rest = tail.partition("\nFROM ")
    return f"{head}{select}{projections},\n  {rng.randint(1, 9)} AS version\nFROM {rest}"


def change_literal(rng, text):
    """Another number in a comparison."""
    return substituted(r"> \d+ ", f"> {rng.randint(501, 999)} ", text)


def change_function(rng, text):
    """Another aggregate function."""
    return substituted(r"\bSUM\((?=\w+\))", "AVG(", text)


def change_join(rng, text):
    """An outer join becomes an inner join."""
    return substituted("LEFT JOIN", "INNER JOIN", text)


def add_filter(rng, text):
    """One more condition."""
    return substituted(r"\nWHERE\s+", f"\nWHERE id <> {rng.randint(1, 99)} AND ", text) if "JOIN" not in text else None


def change_cast(rng, text):
    """Another type in a cast."""
    return substituted("::DOUBLE", "::DECIMAL(18, 2)", text)


def change_owner(rng, text):
    """Another owner: metadata only."""
    return substituted(r"owner \w+", "owner archive", text)


def add_comment(rng, text):
    """A comment that nobody but a reader of the file sees."""
    return text.rstrip("\n") + "\n/* Reviewed. */\n"


def lower_keywords(rng, text):
    """Keywords in lower case: the same query."""
    head, end, query = text.partition("\n);\n")
    return head + end + re.sub(r"\b(SELECT|FROM|WHERE|WITH|AS)\b", lambda word: word.group().lower(), query)


def substituted(pattern, replacement, text):
    """The text with the first match replaced, or `None`."""
    changed, count = re.subn(pattern, replacement, text, count=1)
    return changed if count else None


CHANGES = [
    add_column,
    change_literal,
    change_owner,
    change_function,
    add_filter,
    change_join,
    lower_keywords,
    change_cast,
    add_comment,
]


def change(rng, number, text):
    """The text after the change whose turn it is, or after the next one that has a place in it."""
    for offset in range(len(CHANGES)):
        changed = CHANGES[(number + offset) % len(CHANGES)](rng, text)
        if changed is not None:
            return changed
    return add_comment(rng, text)
