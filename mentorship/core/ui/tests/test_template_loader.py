"""Templates in memory."""

import pytest
from django.template import Context, Engine
from django.template.base import Node

LOADERS = [
    (
        "mentorship.core.ui.template_loader.Loader",
        [("django.template.loaders.locmem.Loader", {"page": "{% if a %}{{ b }} one{% endif %} two"})],
    )
]


@pytest.mark.parametrize("debug", [True, False])
def test_only_the_error_page_of_debug_needs_the_source_of_each_part(debug):
    engine = Engine(loaders=LOADERS, debug=debug)
    template = engine.get_template("page")
    assert engine.get_template("page") is template
    assert template.render(Context({"a": True, "b": "<"})) == "&lt; one two"
    kept = [node.token is not None for node in template.nodelist.get_nodes_by_type(Node)]
    assert kept == [debug] * 4
