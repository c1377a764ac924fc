#!/bin/sh
# Times `impact diff` on synthetic projects of growing size. Builds nothing.
#   speed.sh BINARY [SIZE ...]
# RUNS sets the number of runs of each size, default 5.
set -eu
if [ $# -lt 1 ]; then
    echo "usage: $0 BINARY [SIZE ...]" >&2
    exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
binary=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
shift
[ $# -gt 0 ] || set -- 10 100 1000 4000

projects=$(mktemp -d)
trap 'rm -rf "$projects"' EXIT
trap 'exit 1' INT TERM

python3 "$here/measure.py"
for size in "$@"; do
    python3 "$here/generate.py" --models "$size" --out "$projects/$size"
    python3 "$here/measure.py" "$size" "$projects/$size" "${RUNS:-5}" "$binary" diff HEAD~1 --format json
done
