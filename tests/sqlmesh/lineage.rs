//! Column lineage against SQLMesh's own.
