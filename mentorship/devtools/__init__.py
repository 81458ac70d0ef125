"""Tools for developers and try-outs: the demo, benchmarks and helpers for tests."""
