"""Products of two large sparse matrices, in blocks of rows and fast where many texts share a word."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from matching.profiles import Floats

# A word in so large a part of all pairs of texts is multiplied faster as a column of numbers than one by one.
COMMON = 0.004
MOST_COMMON = 512
FEW = 250_000  # pairs; below, splitting costs more than it saves


@dataclass(frozen=True, eq=False)
class SparseProduct:
    """Each row of one side with each row of the other, by what they have in common."""

    rows: sparse.csr_matrix
    columns: sparse.csr_matrix  # transposed
    common_rows: Floats
    common_columns: Floats

    @classmethod
    def of(cls, rows: sparse.csr_matrix, columns: sparse.csr_matrix) -> SparseProduct:
        n, m = rows.shape[0], columns.shape[0]
        share = rows.getnnz(axis=0) / max(n, 1) * (columns.getnnz(axis=0) / max(m, 1))
        common = np.flatnonzero(share >= COMMON) if n * m >= FEW else np.zeros(0, dtype=np.int64)
        common = np.sort(common[np.argsort(-share[common], kind="stable")][:MOST_COMMON])
        rare = np.ones(rows.shape[1], dtype=bool)
        rare[common] = False
        return cls(
            rows[:, rare],
            columns[:, rare].T.tocsr(),
            rows[:, common].toarray(),
            np.ascontiguousarray(columns[:, common].toarray().T),
        )

    def block(self, rows: slice | np.ndarray) -> Floats:
        """The products of some rows with all columns."""
        found: Floats = (self.rows[rows] @ self.columns).toarray()
        if self.common_columns.size:
            found += self.common_rows[rows] @ self.common_columns
        return found
