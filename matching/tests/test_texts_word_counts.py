"""Words are counted, weighed and multiplied as the usual libraries do."""

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from matching.texts import products
from matching.texts.word_counts import TOKEN, count_pieces, count_words, stop_words, tfidf

WORDS = ("soil", "birds", "maps", "museum", "C++", "gardening", "the", "of", "Größe")


def test_common_words_are_multiplied_apart_with_the_same_result(monkeypatch):
    rows, columns = (sparse.random(*size, 0.4, "csr", random_state=1) for size in ((40, 60), (30, 60)))
    plain = (rows @ columns.T).toarray()
    monkeypatch.setattr(products, "FEW", 0)
    monkeypatch.setattr(products, "COMMON", 0.15)
    product = products.SparseProduct.of(rows, columns)
    assert 0 < product.common_rows.shape[1] < 60
    assert np.allclose(product.block(slice(0, 40)), plain)
    assert np.allclose(product.block(np.array([3, 9])), plain[[3, 9]])


def test_words_are_counted_and_weighed_as_the_usual_library_does():
    rng = np.random.default_rng(3)
    texts = [" ".join(rng.choice(WORDS, n)) for n in range(9)] + ["", "¿Qué? a I x1_y"]
    usual = CountVectorizer(stop_words="english", token_pattern=TOKEN)
    matrix, ours = usual.fit_transform(texts), count_words(texts)
    assert usual.get_stop_words() == stop_words()
    assert (usual.get_feature_names_out().tolist(), (matrix != ours.matrix).nnz) == (ours.vocabulary, 0)
    pieces = CountVectorizer(analyzer="char_wb", ngram_range=(3, 5))
    of_words, own = pieces.fit_transform(ours.vocabulary), count_pieces(ours.vocabulary)
    assert (pieces.get_feature_names_out().tolist(), (of_words != own.matrix).nnz) == (own.vocabulary, 0)
    weighed = TfidfTransformer(sublinear_tf=True).fit_transform(matrix @ of_words)
    assert np.allclose(weighed.toarray(), tfidf(ours.matrix @ own.matrix).toarray())
