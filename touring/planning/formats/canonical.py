"""One spelling for one document, and its hash."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical_json(document: Any) -> str:
    """Sorted keys, no spaces, characters written as themselves."""
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def sha256_of(document: Any) -> str:
    """SHA-256 of the canonical JSON in UTF-8, in hexadecimal."""
    return hashlib.sha256(canonical_json(document).encode()).hexdigest()
