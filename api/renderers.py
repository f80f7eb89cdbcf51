"""Answers as JSON; orjson writes dates and moments in ISO 8601 by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer


def _text(value: Any) -> str:
    """Lazy translations and the like; anything with a ``str`` of its own."""
    return str(value)


class OrjsonRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,  # REST framework's signature
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""
        return orjson.dumps(data, default=_text, option=orjson.OPT_NON_STR_KEYS)
