"""Promises of the product, measured: long runs whose short forms are among the tests."""
