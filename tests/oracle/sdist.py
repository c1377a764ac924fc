"""SQLMesh's source distribution: where the example projects come from.

In: a directory that holds it unpacked, or nothing (then pip fetches it once into a cache outside the repository).
Out: the path of its `examples` folder, and a folder of what the examples import besides SQLMesh.
Must never write into the repository or into the Python environment that has SQLMesh.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

VERSION = "0.236.4"


def cache():
    """The folder for everything that is fetched or derived."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(home) / "impact-oracle"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def fetch(given, python):
    """The unpacked source distribution: `given`, or the one in the cache, fetched if it isn't there."""
    folder = Path(given) if given else cache() / f"sqlmesh-{VERSION}"
    if not given and not folder.is_dir():
        download(python)
    if not (folder / "examples" / "sushi").is_dir():
        raise SystemExit(f"{folder} has no examples/sushi: not SQLMesh's source distribution")
    return folder


def download(python):
    """Lets pip fetch the source distribution, and unpacks it beside it."""
    wanted = f"sqlmesh=={VERSION}"
    command = [python, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "sqlmesh", wanted]
    subprocess.run([*command, "--dest", str(cache())], check=True)
    with tarfile.open(cache() / f"sqlmesh-{VERSION}.tar.gz") as archive:
        archive.extractall(cache(), filter="data")


def generated(repository, models):
    """The synthetic project with this many models, before its second commit."""
    folder = cache() / f"bench-{models}"
    if not folder.is_dir():
        script = repository / "tests" / "bench" / "generate.py"
        subprocess.run([sys.executable, str(script), "--models", str(models), "--out", str(folder)], check=True)
        subprocess.run(["git", "-C", str(folder), "checkout", "--quiet", "HEAD~1"], check=True)
    return folder


def requirements(sdist, python):
    """A folder for PYTHONPATH with the packages that the examples need: SQLMesh itself is not among them."""
    folder = cache() / "packages"
    if not (folder / "custom_materializations").is_dir():
        install_materializations(sdist / "examples" / "custom_materializations", folder)
    if not (folder / "faker").is_dir():
        command = [python, "-m", "pip", "install", "--quiet", "--target", str(folder), "faker==40.54.0"]
        subprocess.run(command, check=False)
    return folder


def install_materializations(source, folder):
    """Installs the example package of custom materializations by hand: files, and the entry points by which
    SQLMesh finds them."""
    project = tomllib.loads((source / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name = project["name"]
    shutil.copytree(source / name, folder / name)
    info = folder / f"{name}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {project['version']}\n")
    lines = []
    for group, points in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{key} = {value}" for key, value in points.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
