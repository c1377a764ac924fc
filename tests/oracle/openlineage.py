"""Validates the events of `impact lineage --format openlineage` against OpenLineage's own JSON schemas.

    impact lineage --format openlineage | python openlineage.py SPEC

SPEC is the folder `spec/` of OpenLineage's repository: `OpenLineage.json` and `facets/`. Needs `jsonschema`. Fails if an
event or a facet is no valid one, names another version of a schema than the one it is held against, or says nothing.
"""

import json
import sys
from collections import Counter
from pathlib import Path

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource


def main(spec):
    paths = [spec / "OpenLineage.json", *sorted((spec / "facets").glob("*.json"))]
    schemas = [json.loads(path.read_text()) for path in paths]
    registry = Registry().with_resources([(schema["$id"], Resource.from_contents(schema)) for schema in schemas])
    counts, wrong = Counter(), []
    for event in map(json.loads, sys.stdin):
        checked = [(event["schemaURL"], event)]
        for dataset in event["inputs"] + event["outputs"]:
            checked += [(facet["_schemaURL"], facet) for facet in dataset.get("facets", {}).values()]
        for address, value in checked:
            counts[address] += 1
            validator = Draft202012Validator({"$ref": address}, registry=registry, format_checker=FormatChecker())
            wrong += [f"{event['job']['name']}: {error.message}" for error in validator.iter_errors(value)]
    print("\n".join(wrong + [f"{count} {address}" for address, count in counts.items()]))
    return 1 if wrong or len(counts) < 2 else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
