"""The settings a tenant works with: what they are, who said so, and storing others."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from common.auth.tokens import Role
from common.database.engine import as_json
from common.errors import NotFound, Usage
from common.flows import flow
from common.interface.desk import Desk, View, rows, tell
from common.settings import REGISTRY, ResolvedSettings, process_layers, resolve, validated

if TYPE_CHECKING:
    from sqlalchemy import Connection

_STORED = "select name, value from settings where tenant_id = :tenant order by name"
_UPSERT = """
insert into settings (tenant_id, name, value, updated_by)
select :tenant, x.key, x.value, :by from jsonb_each(cast(:values as jsonb)) x
on conflict (tenant_id, name) do update set value = excluded.value, updated_at = shelfline_now(), updated_by = excluded.updated_by
"""


class SettingView(View):
    """One setting: its value, who said it, and what it may be."""

    value: Any
    origin: str
    """request, tenant, environment, .env, file or default."""
    default: Any
    range: str
    unit: str
    help: str


class ConfigurationView(View):
    """Every setting by name, and names found somewhere that no setting has."""

    settings: dict[str, SettingView]
    ignored: list[str]


class Configuration(Desk):
    """The tenant's settings."""

    def resolved(
        self, flow_name: str | None = None, request: Mapping[str, Any] | None = None
    ) -> ResolvedSettings:
        """What a run started now would work with. Raises Usage when the request is at fault, Misconfigured when we are."""
        if flow_name is not None:
            flow(flow_name)  # registers the flow's own settings
        return resolve(process_layers(request=request, tenant=self.stored()), flow=flow_name)

    def resolved_within(self, connection: "Connection", flow_name: str | None = None) -> ResolvedSettings:
        """As `resolved`, inside a transaction of the caller's."""
        if flow_name is not None:
            flow(flow_name)
        stored = {row["name"]: row["value"] for row in rows(connection, _STORED, tenant=self.tenant)}
        return resolve(process_layers(tenant=stored), flow=flow_name)

    def stored(self) -> dict[str, Any]:
        """What the tenant has stored, by name."""
        return {row["name"]: row["value"] for row in self.rows(_STORED)}

    def show(self, flow_name: str | None = None) -> ConfigurationView:
        """Every setting with its value and origin."""
        resolved = self.resolved(flow_name)
        defaults = REGISTRY.defaults(flow_name)
        shown = {
            setting.name: SettingView(
                value=resolved[setting.name],
                origin=resolved.origin(setting.name),
                default=defaults[setting.name],
                range=setting.allowed,
                unit=setting.unit,
                help=setting.doc,
            )
            for setting in REGISTRY
        }
        return ConfigurationView(settings=shown, ignored=list(resolved.ignored))

    def store(self, values: Mapping[str, Any]) -> ConfigurationView:
        """Store values for the tenant, all or none. Raises Usage for an unknown name or a value out of range."""
        self.require(Role.ADMIN)
        if not values:
            raise Usage(
                "Name at least one setting; `shelfline config --show` lists all.", reason="nothing_to_do"
            )
        typed = validated(values)
        before = self.stored()
        resolve(
            process_layers(request=typed, tenant=before)
        )  # together with what is stored they must make sense, too
        with self.transaction() as connection:
            by = self.principal.name
            rows(connection, _UPSERT, tenant=self.tenant, values=as_json(typed), by=by)
            self._tell(connection, "settings_changed", {name: before.get(name) for name in typed}, typed)
        return self.show()

    def forget(self, name: str) -> ConfigurationView:
        """Let go of the tenant's own value of a setting. Raises NotFound when it has none."""
        self.require(Role.ADMIN)
        statement = "delete from settings where tenant_id = :tenant and name = :name returning value"
        with self.transaction() as connection:
            gone = rows(connection, statement, tenant=self.tenant, name=name.strip().lower())
            if not gone:
                raise NotFound(
                    f"The tenant has no value of its own for {name}; there is nothing to take back."
                )
            self._tell(connection, "settings_changed", {name: gone[0]["value"]}, {name: None})
        return self.show()

    def _tell(
        self, connection: "Connection", kind: str, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> None:
        body = {"before": before, "after": after, "by": self.principal.name}
        tell(connection, self.tenant, f"tenant/{self.tenant}", kind, body)
