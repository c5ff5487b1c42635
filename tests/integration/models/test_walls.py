"""Two walls between tenants: tenant_id in every key, and row-level security for the interface's role."""

from typing import Any

import pytest
from sqlalchemy import Connection

from common.database.engine import Database, DataRefused
from common.errors import ShelflineError

_TABLES = """
select c.relname, c.relrowsecurity, c.relispartition and c.relname <> 'events_default' as month, exists (select from pg_attribute a
    where a.attrelid = c.oid and a.attname = 'tenant_id' and a.attnotnull) as has_tenant
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1
"""
_POLICIES = """
select tablename, roles::text[] as roles, cmd, qual from pg_policies where schemaname = 'public' order by 1
"""
_UNIQUE_KEYS = """
select c.relname as table, i.indexrelid::regclass::text as index, a.attname as first_column,
    i.indnkeyatts = 1 and a.attidentity = 'a' as drawn
from pg_index i join pg_class c on c.oid = i.indrelid
left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
where i.indisunique and c.relnamespace = 'public'::regnamespace and not c.relispartition order by 1, 2
"""
WITHOUT_TENANT = {
    "alembic_version": "one schema for all tenants",
    "clock": "one time for all tenants",
    "tenants": "the tenants themselves: row-level security goes by id",
}
KEYS_THAT_DO_NOT_START_WITH_THE_TENANT = {
    "alembic_version_pkc": "one schema for all tenants",
    "clock_pkey": "one time for all tenants",
    "tenants_pkey": "the tenant itself",
    "runs_pkey": "a wake-up names the run alone; its id holds chance enough to be unique everywhere",
    "items_run_id_key_key": "a run has one tenant, and the foreign key (tenant_id, run_id) holds to it",
    "api_tokens_hash_key": "the token is what tells the tenant",
    "categories_pkey": "a random uuid",
    "decisions_item_id_key": "an item's id is drawn once for all tenants",
    "staged_changes_item_id_target_key": "an item's id is drawn once for all tenants",
}
"""Beside primary keys of a single number that Postgres draws."""


@pytest.fixture
def two_tenants(database: Database) -> Database:
    """A setting, a run and a task of each of two tenants."""
    with database.transaction() as connection:
        connection.exec_driver_sql("insert into tenants (id) values ('acme'), ('globex')")
        for tenant in ("acme", "globex"):
            _fill(connection, tenant)
    return database


def _fill(connection: Connection, tenant: str) -> None:
    statements = {
        "insert into settings (tenant_id, name, value) values (%s, 'mode', '1')": (tenant,),
        "insert into runs (id, tenant_id, flow, mode) values (%s, %s, 'parts', 'test')": (
            f"run_{tenant}",
            tenant,
        ),
        "insert into events (tenant_id, stream, kind) values (%s, 's', 'next')": (tenant,),
        "insert into run_counts (tenant_id, run_id, fetched) values (%s, 'r', 1)": (tenant,),
    }
    for statement, values in statements.items():
        connection.exec_driver_sql(statement, values)


def _all(connection: Connection, statement: str) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.exec_driver_sql(statement).mappings()]


def test_every_table_belongs_to_a_tenant_but_for_those_named(database: Database) -> None:
    with database.transaction() as connection:
        without = {row["relname"] for row in _all(connection, _TABLES) if not row["has_tenant"]}
    assert without == set(WITHOUT_TENANT)


def test_every_table_of_tenants_has_one_policy_for_the_interface_alone(database: Database) -> None:
    with database.transaction() as connection:
        tables = _all(connection, _TABLES)
        policies = _all(connection, _POLICIES)
    walled = {row["relname"] for row in tables if row["has_tenant"]} | {"tenants"}
    months = {row["relname"] for row in tables if row["month"]}
    assert {row["relname"] for row in tables if row["relrowsecurity"]} == walled
    assert sorted(row["tablename"] for row in policies) == sorted(walled - months)
    for row in policies:
        column = "id" if row["tablename"] == "tenants" else "tenant_id"
        assert (row["roles"], row["cmd"]) == (["shelfline_api"], "ALL")
        assert row["qual"] == f"({column} = NULLIF(current_setting('app.tenant'::text, true), ''::text))"


def test_the_tenant_leads_every_unique_key_but_for_those_named(database: Database) -> None:
    with database.transaction() as connection:
        keys = _all(connection, _UNIQUE_KEYS)
    others = {k["index"] for k in keys if k["first_column"] != "tenant_id" and not k["drawn"]}
    assert others == set(KEYS_THAT_DO_NOT_START_WITH_THE_TENANT)


@pytest.mark.parametrize("table", ["settings", "runs", "events", "events_default", "run_counts"])
def test_a_tenant_sees_and_touches_its_own_rows_only(two_tenants: Database, table: str) -> None:
    with two_tenants.transaction(tenant="acme") as connection:
        rows = connection.exec_driver_sql(f"select distinct tenant_id from {table}").scalars().all()
        assert set(rows) <= {"acme"}
        for change in (f"update {table} set tenant_id = tenant_id", f"delete from {table}"):
            theirs = connection.exec_driver_sql(f"{change} where tenant_id = 'globex'")
            assert theirs.rowcount == 0
    with two_tenants.transaction() as connection:
        left = connection.exec_driver_sql(f"select count(*) from {table} where tenant_id = 'globex'").scalar()
        assert left == (0 if table == "events_default" else 1)


def test_the_months_of_the_events_are_not_reached_beside_the_table_itself(two_tenants: Database) -> None:
    with two_tenants.transaction() as connection:
        month = next(row["relname"] for row in _all(connection, _TABLES) if row["month"])
    with pytest.raises(ShelflineError, match="permission denied"):  # noqa: SIM117  # the error is the commit's
        with two_tenants.transaction(tenant="acme") as connection:
            connection.exec_driver_sql(f"select count(*) from {month}")


def test_a_tenant_sees_itself_and_no_other_tenant(two_tenants: Database) -> None:
    with two_tenants.transaction(tenant="acme") as connection:
        assert connection.exec_driver_sql("select id from tenants").scalars().all() == ["acme"]


@pytest.mark.parametrize(
    "statement",
    [
        "insert into settings (tenant_id, name, value) values ('globex', 'other', '1')",
        "update settings set tenant_id = 'globex', name = 'moved'",
    ],
)
def test_a_tenant_cannot_write_a_row_for_another(two_tenants: Database, statement: str) -> None:
    with (
        pytest.raises(ShelflineError, match="row-level security"),
        two_tenants.transaction(tenant="acme") as connection,
    ):
        connection.exec_driver_sql(statement)


def test_a_row_under_another_tenants_run_is_refused_even_to_the_steps(two_tenants: Database) -> None:
    with pytest.raises(DataRefused, match="foreign key"), two_tenants.transaction() as connection:
        connection.exec_driver_sql(
            "insert into chunks (tenant_id, run_id, step, lane) values ('acme', 'run_globex', 's', 'l')"
        )


def test_without_a_tenant_nothing_is_visible(two_tenants: Database) -> None:
    with two_tenants.transaction(tenant="") as connection:
        for table in ("settings", "runs", "events", "run_counts", "tenants"):
            assert connection.exec_driver_sql(f"select count(*) from {table}").scalar() == 0
    with two_tenants.transaction() as connection:
        connection.exec_driver_sql("set local role shelfline_api")
        assert connection.exec_driver_sql("select count(*) from settings").scalar() == 0


def test_a_pooled_connection_forgets_the_tenant_it_worked_for(two_tenants: Database) -> None:
    with two_tenants.transaction(tenant="acme") as connection:
        assert connection.exec_driver_sql("select current_user").scalar() == "shelfline_api"
    with two_tenants.transaction() as connection:
        assert connection.exec_driver_sql("select current_user").scalar() != "shelfline_api"
        assert connection.exec_driver_sql("select count(*) from settings").scalar() == 2
        assert not connection.exec_driver_sql("select current_setting('app.tenant', true)").scalar()
