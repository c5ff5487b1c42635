"""Whether everything that Shelfline stands on is there and in order, and what to do where it is not."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from common.auth.tokens import Role
from common.errors import ShelflineError
from common.interface.desk import Desk, View, rows

if TYPE_CHECKING:
    from common.services import Services

_RUNS_CHECKED = 50
_UPLOADED = "select 1 from upload_sessions where tenant_id = :tenant limit 1"
_OVERDUE_SECONDS = 120  # twice the sweep's interval

_REVISION = "select version_num from alembic_version"
_IMBALANCES = """
select r.id, shelfline_imbalance_v1(r.id) as problem
from (select id from runs where tenant_id = :tenant order by created_at desc limit :most) r
"""
_BROKEN = """
select r.id, v.problem from (select id from runs where tenant_id = :tenant order by created_at desc limit :most) r
cross join lateral shelfline_verify_v1(:tenant, r.id) v
"""
_OVERDUE = """
select (select count(*) from chunks where tenant_id = :tenant and state = 'leased'
    and lease_until < clock_timestamp() - make_interval(secs => :late)) as expired_leases,
  (select count(*) from chunks c join lanes l on l.tenant_id = c.tenant_id and l.name = c.lane
    where c.tenant_id = :tenant and c.state = 'ready' and not l.paused
    and c.woken_at < clock_timestamp() - make_interval(secs => :late)
    and greatest(c.due_at, l.open_at) < shelfline_now() - make_interval(secs => :late)) as lost_wake_ups
"""


class CheckView(View):
    """One thing that was looked at. fix: what to do, empty where all is well."""

    name: str
    ok: bool
    detail: str
    fix: str


class Diagnosis(View):
    """ok: every check is."""

    ok: bool
    checks: list[CheckView]


Finding = tuple[str, str]
"""What was seen, and what to do about it ("" when nothing)."""

VendorCheck = Callable[["Services", str], Finding]
"""Looks at a vendor for a tenant; may raise any error of ours. Such checks may cost a call."""


class Doctor(Desk):
    """Looks at everything; for operators."""

    def examine(self, vendors: Iterable[tuple[str, VendorCheck]] = ()) -> Diagnosis:
        """Every check in turn; one that fails does not stop the others. vendors: more checks by name."""
        self.require(Role.OPERATOR)
        checks = [
            _checked("database", self._database),
            _checked("wake_ups", self._wake_ups),
            _checked("bucket", self._bucket),
            _checked("warehouse", self._warehouse),
            _checked("balance", self._balance),
            _checked("event_chains", self._chains),
            _checked("partitions", self._partitions),
            *(_checked(name, partial(check, self.services, self.tenant)) for name, check in vendors),
        ]
        return Diagnosis(ok=all(check.ok for check in checks), checks=checks)

    def _database(self) -> Finding:
        with self.services.database.transaction() as connection:
            there = {row["version_num"] for row in rows(connection, _REVISION)}
        wanted = _newest_revision()
        if there == {wanted}:
            return f"Postgres answers; its schema is {wanted}.", ""
        return (
            f"The schema is {', '.join(there) or 'missing'}, this release wants {wanted}.",
            "Run the migrations.",
        )

    def _wake_ups(self) -> Finding:
        found = self.rows(_OVERDUE, late=_OVERDUE_SECONDS)[0]
        if not any(found.values()):
            return "No lease has run out unnoticed and no wake-up is overdue.", ""
        seen = f"{found['expired_leases']} leases ran out and {found['lost_wake_ups']} wake-ups did not come."
        return seen, "See that the sweep is called each minute, and that the queues are there and not paused."

    def _bucket(self) -> Finding:
        self.services.objects.stat("doctor")
        return f"The bucket {self.services.environment.bucket} answers.", ""

    def _warehouse(self) -> Finding:
        dataset = self.services.environment.dataset
        tables = [name for name in ("parts", "orders") if self.services.warehouse.table_exists(name)]
        if tables:
            return f"The dataset {dataset} answers and has the table {' and '.join(tables)}.", ""
        if self.rows(_UPLOADED):
            return f"The dataset {dataset} answers; it has no table, and designs need none.", ""
        wanted = "Load one: `shelfline load parts FILE`, or `shelfline load orders FILE`."
        return f"The dataset {dataset} has no table parts and none of orders.", wanted

    def _balance(self) -> Finding:
        found = self.rows(_IMBALANCES, most=_RUNS_CHECKED)
        wrong = [row["id"] for row in found if row["problem"] is not None]
        if not wrong:
            return f"The books of the newest {len(found)} runs balance.", ""
        return (
            f"These runs do not add up: {', '.join(wrong)}.",
            "Do not trust their figures; report them with their events.",
        )

    def _chains(self) -> Finding:
        broken = self.rows(_BROKEN, most=_RUNS_CHECKED)
        if not broken:
            return "The event chains of the newest runs are whole.", ""
        told = ", ".join(f"{row['id']} ({row['problem']})" for row in broken)
        return (
            f"Sealed events do not hold: {told}.",
            "Compare with the heads in the log; see `shelfline verify`.",
        )

    def _partitions(self) -> Finding:
        with self.services.database.transaction() as connection:
            stray = rows(connection, "select count(*) as n from events_default")[0]["n"]
        if not stray:
            return "Every event is in the partition of its month.", ""
        fix = "Harmless, but slower to clear out; the sweep makes the months to come."
        return f"{stray} events are in the default partition.", "" if self.services.environment.local else fix


def _checked(name: str, look: Callable[[], Finding]) -> CheckView:
    try:
        detail, fix = look()
    except ShelflineError as error:
        return CheckView(
            name=name, ok=False, detail=str(error), fix="Do as the message says, then look again."
        )
    return CheckView(name=name, ok=not fix, detail=detail, fix=fix)


def _newest_revision() -> str:
    from alembic.script import ScriptDirectory

    from common.database import migrations

    return str(ScriptDirectory(str(Path(migrations.__file__).parent)).get_current_head())
