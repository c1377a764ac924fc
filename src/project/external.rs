//! External models: YAML files that declare the columns of tables somebody else fills.
