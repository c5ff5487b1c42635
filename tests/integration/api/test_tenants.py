"""The two walls between tenants."""

from tests.integration.api.conftest import People
from tests.support.harness import Pipeline

_NO_TENANT = {"clock", "alembic_version", "tenants"}
"""Tables that belong to nobody; `tenants` is walled by its own id."""


def test_every_table_has_a_tenant_and_a_policy(pipeline: Pipeline) -> None:
    lacking = pipeline.sql(
        """
        select c.relname from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
          and not (c.relrowsecurity and exists (select from pg_policy p where p.polrelid = c.oid)
                   and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and a.attnotnull))
          and not exists (select from pg_inherits i where i.inhrelid = c.oid)
        """
    )
    assert {row[0] for row in lacking} == _NO_TENANT


def test_the_api_s_role_sees_nothing_without_a_tenant(pipeline: Pipeline) -> None:
    pipeline.start(records=1)
    with pipeline.services.database.transaction(tenant="other") as connection:
        assert connection.exec_driver_sql("select count(*) from runs").scalar() == 0
    with pipeline.services.database.transaction() as connection:
        connection.exec_driver_sql("set local role shelfline_api")
        assert connection.exec_driver_sql("select count(*) from runs").scalar() == 0


def test_a_stranger_finds_nothing_of_ours(pipeline: Pipeline, people: People) -> None:
    run = pipeline.start(
        records=3, script={"key00001": {"decide": "manual"}, "key00002": {"decide": "reject"}}
    )
    pipeline.drive()
    item = pipeline.one("select min(id) from items")
    task = pipeline.one("select id from manual_tasks")
    row = pipeline.one("select id from quarantine")
    stranger = people.stranger
    assert stranger.get("/runs").json() == {"runs": []}
    assert stranger.get("/manual/tasks").json()["total"] == 0
    assert stranger.get("/quarantine").json() == {"rows": []}
    assert stranger.get("/verify").json()["events"] == 0
    for path in (f"/runs/{run}", f"/runs/{run}/items", f"/runs/{run}/events", f"/verify?run_id={run}"):
        assert stranger.get(path).status_code == 404, path
    for path in (f"/items/{item}/timeline", f"/manual/tasks/{task}", "/timeline?flow=toy&key=key00001"):
        assert stranger.get(path).status_code == 404, path
    for path, body in (
        (f"/runs/{run}/cancel", None),
        (f"/runs/{run}/retry", None),
        (f"/manual/tasks/{task}/claim", {"editor": "eve"}),
    ):
        assert stranger.post(path, json=body).status_code == 404, path
    assert stranger.patch(f"/quarantine/{row}", json={"raw": {}}).status_code == 404
    assert stranger.post("/manual/tasks/claim", json={"editor": "eve"}).json() == {"tasks": []}


def test_settings_and_tokens_of_tenants_are_apart(people: People) -> None:
    people.stranger.put("/config", json={"settings": {"max_daily_tasks": 7}})
    assert people.admin.get("/config").json()["settings"]["max_daily_tasks"]["value"] == 1000
    assert [token["name"] for token in people.stranger.get("/tokens").json()["tokens"]] == ["the stranger"]
