"""Placeholders in texts that people write: words in braces, replaced by values in one pass."""

import re
from collections.abc import Collection, Mapping


def tokens_in(text: str) -> list[str]:
    """The tokens in braces, braces included, each once."""
    return list(dict.fromkeys(re.findall(r"\{+[^{}\n]*\}+", text)))


def unknown_placeholders(text: str, known: Collection[str]) -> list[str]:
    """The tokens in braces that are no known names, braces included."""
    tokens = {f"{{{name}}}" for name in known}
    return [token for token in tokens_in(text) if token not in tokens]


def fill_placeholders(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced in one pass: braces in a value stay unchanged."""
    if not values:
        return text
    tokens = "|".join(re.escape(f"{{{name}}}") for name in values)
    return re.sub(tokens, lambda found: values[found.group()[1:-1]], text)
