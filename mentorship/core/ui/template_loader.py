"""A template loader that needs less memory."""

from typing import Any

from django.template import Template
from django.template.base import Node
from django.template.loaders import cached


class Loader(cached.Loader):
    """Django's cached loader, without what only the error page of DEBUG reads.

    Each node holds the piece of the source that it was made from: much of the memory of all templates.
    """

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        template = super().get_template(template_name, skip)
        if not self.engine.debug and not getattr(template, "is_lean", False):
            for node in template.nodelist.get_nodes_by_type(Node):
                if node.token is not None:
                    del node.token
            template.is_lean = True  # type: ignore[attr-defined]
        return template
