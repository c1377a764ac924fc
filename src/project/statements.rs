//! Splits a model's file into header, statements around the query, and query.
