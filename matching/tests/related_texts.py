"""Texts with vectors that say which of them are about the same, for tests of meaning."""

import numpy as np

from matching.profiles import MatchProfile

# What a model would say of some texts: two of the same subject, one of another, topics that are nearly the same.
ROWS = {
    "Stopping soil from washing away": [1, 0, 0],
    "Erosion on hillside farms": [0.9, 0.1, 0.42],
    "Glazes for museum pieces": [0, 1, 0],
    "Publishing": [0, 0.5, 0.866],
    "Open publishing": [0, 0.7, 0.714],
    "Hillsides": [0.9, 0, 0.43],
    "Erosion": [0.7, 0.6, 0.39],
    "Primary schools": [0.6, 0.8, 0],
    "Secondary schools": [0.7, 0.714, 0],
}
VECTORS = {text: np.array(row, dtype=float) for text, row in ROWS.items()}
WASHED, ERODED, GLAZED = (MatchProfile(str(n), text=text) for n, text in enumerate(list(ROWS)[:3]))
