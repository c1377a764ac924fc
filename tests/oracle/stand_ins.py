"""Stand-ins for packages that a project imports and that aren't installed, so that SQLMesh can load it.

In: names of packages. Out: an importer that gives each that can't be found an empty module, whose attributes are
empty classes. Plans don't depend on what is inside: SQLMesh stores an import as the line that imports.
Must never stand in for a package that is there.
"""

import importlib.abc
import importlib.machinery
import sys

from sqlmesh.core.config import connection

# Engines, whose packages SQLMesh asks for when it reads a connection.
ENGINES = {"google", "psycopg2", "snowflake", "trino", "pyspark", "databricks", "redshift_connector"}
ENGINES |= {"clickhouse_connect", "pymysql", "pymssql", "pyodbc", "pyathena", "bigframes", "mssql_python", "cryptography"}


class Anything:
    """May be made of anything, and asked for any attribute, which is a text that is a number, too."""

    def __init__(self, *given, **named):
        """Forgets what it is given."""

    def __getattr__(self, name):
        """The same for all, but for what Python itself looks for."""
        if name.startswith("__"):
            raise AttributeError(name)
        return "1"


class StandIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The last importer to be asked."""

    def __init__(self, names):
        """`names`: of the packages that it may stand in for."""
        self.names = names

    def find_spec(self, fullname, path=None, target=None):
        """A module, if it belongs to one of the packages."""
        if fullname.partition(".")[0] not in self.names:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec):
        """The usual module."""
        return None

    def exec_module(self, module):
        """Any attribute is a class of that name."""
        module.__file__ = f"/nowhere/{module.__name__.replace('.', '/')}.py"

        def attribute(name):
            if name.startswith("__"):
                raise AttributeError(name)
            made = type(name, (Anything,), {"__module__": module.__name__})
            setattr(module, name, made)
            return made

        module.__getattr__ = attribute


def install(names):
    """Lets these packages, and those of engines, be imported where they aren't installed, and reads any connection."""
    sys.meta_path.append(StandIns(ENGINES | set(names)))
    # The oracle has gateways of its own. Those of the project are read and thrown away, with what lacks in their secrets.
    connection.parse_connection_config = lambda given: connection.DuckDBConnectionConfig()
