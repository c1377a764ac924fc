"""Writes models and audits in another dialect, as `sqlmesh format --transpile` does; runs under the Python that has SQLMesh.

In: a question a line on standard input: {"text", "default", "dialect"}: what a file holds, the project's default dialect, the wanted one.
Out: one line a question: {"text"}, or {"error"} where sqlglot can't read or write it.
Must never load the project: a file is formatted by itself, without what it refers to.
"""

import json
import logging
import sys
from types import SimpleNamespace

from sqlmesh.core.config import Config, ModelDefaultsConfig
from sqlmesh.core.context import GenericContext


def transpiled(text, default, dialect):
    """The text of a file in `dialect`."""
    config = Config(model_defaults=ModelDefaultsConfig(dialect=default))
    context = SimpleNamespace(config_for_node=lambda _: config)
    return GenericContext._format(context, None, text, transpile=dialect)


def answer(question):
    """The answer to one question."""
    try:
        return {"text": transpiled(**question)}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:300]}


def main():
    """Answers until the questions end."""
    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
