"""Settings, tokens, budgets, health."""

from collections.abc import Mapping
from typing import Any

from common.client.wire import LONG_SECONDS, Document, Wire, listed, object_of, part


class SettingUp(Wire):
    """What a deployment needs."""

    def config(self, *, flow: str | None = None) -> Document:
        """Every setting of the tenant, and names that no setting has: {"settings", "ignored"}.

        settings: name to {value, origin, default, range, unit, help}.
        """
        return self._get("/config", flow=flow)

    def set_config(self, settings: Mapping[str, Any]) -> Document:
        """Change settings of the tenant; answers as `config`. Needs the role admin."""
        return object_of(self._call("PUT", "/config", {"settings": settings}))

    def unset_config(self, name: str) -> Document:
        """Go back to what a setting is without the tenant's own value."""
        return object_of(self._call("DELETE", f"/config/{part(name)}"))

    def create_token(self, name: str, role: str) -> Document:
        """A new token, shown this once: {token, name, role}. Needs the role admin."""
        return self._post("/tokens", {"name": name, "role": role})

    def tokens(self) -> Document:
        """The tokens there are, without their values: {"tokens": [...]}."""
        return listed("tokens", self._call("GET", "/tokens"))

    def revoke_token(self, token_id: str) -> Document:
        """End a token."""
        return object_of(self._call("DELETE", f"/tokens/{part(token_id)}"))

    def quotas(self) -> Document:
        """The vendors' budgets: {"quotas": [...]}.

        Each is {account, dimension, kind, capacity, used, remaining, blocked_until}.
        """
        return listed("quotas", self._call("GET", "/quotas"))

    def doctor(self, *, vendors: bool = False) -> Document:
        """Check everything the deployment needs: {ok, checks: [{name, ok, detail, fix}]}.

        vendors: also fetch a token of each vendor and make one cheap call.
        """
        return self._get("/doctor", LONG_SECONDS, vendors="true" if vendors else None)

    def health(self) -> Document:
        """Whether it serves; needs no token."""
        return self._get("/health")
