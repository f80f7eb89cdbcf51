"""What REST framework asks before a view runs. Roles are asked later, by the services."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from venues.models import ApiKey
from venues.services import keys


class MayReachResource(BasePermission):
    """Writing needs a person; a key needs a scope for what it does to the view's resource.

    ``read`` and ``write`` open everything the key's person may do, ``write:events`` only
    events; who may write may read.
    """

    message = "The key's scopes do not include this."

    def has_permission(self, request: Request, view: Any) -> bool:
        is_read = request.method in SAFE_METHODS
        if not isinstance(request.auth, ApiKey):
            return is_read or bool(request.user and request.user.is_authenticated)
        return keys.has_scope(request.auth, "read" if is_read else "write", view.resource)
