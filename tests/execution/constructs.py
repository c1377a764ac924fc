"""More constructs of DuckDB's SQL for the check of lineage, on top of what `generate.py` builds."""

from generate import Generator


class Constructs(Generator):
    """Queries with every construct whose lineage has a rule of its own."""
