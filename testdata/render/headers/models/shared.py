"""What several models share; no model itself."""

KEYS = ["id", "kind"]
FIRST_DAY = "-".join(["2024", "04", "01"])


PLAIN = "raw." + "plain"


def read(context):
    return context.resolve_table(PLAIN)
