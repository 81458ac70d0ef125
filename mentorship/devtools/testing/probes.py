"""A pytest plugin for runs under Slipcover: its probes stay in place.

On Python 3.11 Slipcover removes a probe that was passed fifty times, and to do so looks for its function in every
module and every frame. In all that takes as long as the probes themselves. Later versions need no probes.
"""

from slipcover import pytest_plugin

NEVER = 2**31 - 1

if pytest_plugin._slipcover_instance is not None:
    pytest_plugin._slipcover_instance.d_miss_threshold = NEVER
