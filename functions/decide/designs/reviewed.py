"""What a person's word on near copies means for the designs: it is remembered, and never asked again."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from common.database.engine import as_json

if TYPE_CHECKING:
    from sqlalchemy import Connection

_VERDICTS = """
insert into duplicate_verdicts (tenant_id, low_hash, high_hash, verdict, decided_by)
select distinct on (1, 2, 3) d.tenant_id, least(d.content_hash, o.content_hash), greatest(d.content_hash, o.content_hash), %s, %s
from designs d
join design_matches m on m.tenant_id = d.tenant_id and d.id in (m.design_id, m.other_id)
join designs o on o.tenant_id = d.tenant_id and o.id in (m.design_id, m.other_id) and o.id <> d.id and o.is_active and o.trial = ''
where d.tenant_id = %s and d.state = 'near' and d.item_id in (select jsonb_array_elements_text(cast(%s as jsonb))::bigint)
  and (o.state in ('unique', 'stored', 'listed', 'reference') or o.state = 'near' and %s and o.file_id < d.file_id)
on conflict (tenant_id, low_hash, high_hash) do update
set verdict = excluded.verdict, decided_by = excluded.decided_by, decided_at = excluded.decided_at
"""
_STATE = """
update designs set state = %s, updated_at = shelfline_now() where tenant_id = %s and state = 'near'
  and item_id in (select jsonb_array_elements_text(cast(%s as jsonb))::bigint)
"""


def remember(connection: "Connection", tenant: str, items: Sequence[int], *, approved: bool, by: str) -> None:
    """Of the designs of these items that waited: approved, they are others than those they look like; rejected, the same."""
    chosen = as_json(list(items))
    verdict, state = ("different", "unique") if approved else ("same", "refused")
    connection.exec_driver_sql(_VERDICTS, (verdict, by, tenant, chosen, approved))
    connection.exec_driver_sql(_STATE, (state, tenant, chosen))
