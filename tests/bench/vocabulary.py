"""The words and types that synthetic models are made of, and what the generator knows about a model.

Out: `Model`, and columns to begin with. Must never draw random numbers by any other way than the generator's `rng`.
"""

from dataclasses import dataclass, field

ENTITIES = ["orders", "payments", "refunds", "shipments", "sessions", "clicks", "invoices", "visits", "stock"]
DIMENSIONS = ["customers", "products", "stores", "campaigns", "suppliers", "employees", "regions", "plans"]
KEYS = ["customer_id", "product_id", "store_id", "campaign_id", "supplier_id", "employee_id"]
LABELS = ["status", "channel", "segment", "currency", "country", "category", "brand", "device"]
MEASURES = ["amount", "quantity", "price", "discount", "tax", "cost", "margin", "weight", "duration", "score"]
OWNERS = ["finance", "growth", "logistics", "platform"]
LABEL_VALUES = ["a", "b", "c", "d"]


@dataclass
class Model:
    """A model as the generator knows it: enough to read from it correctly."""

    name: str
    columns: dict[str, str]
    level: int
    kind: str = ""
    body: str = ""
    hub: bool = False
    parents: list[str] = field(default_factory=list)

    @property
    def path(self):
        """Where the model's file lies."""
        schema, table = self.name.split(".")
        return f"models/{schema}/{table}.sql"

    def of_type(self, *types):
        """The names of the columns of these types, without `id` and `ds`, which every model has."""
        return [name for name, type in self.columns.items() if type in types and name not in ("id", "ds")]


def source_columns(rng):
    """Columns of a raw table: keys, labels, measures, and the two that every model has."""
    columns = {"id": "BIGINT", "ds": "DATE"}
    columns |= dict.fromkeys(sample(rng, KEYS, 2, 4), "BIGINT")
    columns |= dict.fromkeys(sample(rng, LABELS, 2, 5), "TEXT")
    columns |= dict.fromkeys(sample(rng, MEASURES, 2, 6), "DOUBLE")
    return columns


def sample(rng, words, least, most):
    """Some of the words, in their order."""
    chosen = set(rng.sample(words, min(len(words), rng.randint(least, most))))
    return [word for word in words if word in chosen]
