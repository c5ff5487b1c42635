"""A client of Shelfline's HTTP API, for programs and for the command line.

    from common.client import Shelfline

    with Shelfline("https://api.example.org", token) as shelfline:
        started = shelfline.run("parts", limit=100)
        print(shelfline.status(started["run_id"])["figures"])

Every method is one request and answers what the API answered, as plain dicts and lists. Each may raise, from
`common.errors`: Unavailable (nothing listens, or no answer in time), Retry (too many requests; `after` in
seconds), Unauthenticated, Forbidden, NotFound, Conflict, Usage (the request is wrong; the message says what
to change) and Misconfigured (a service behind the API is not set up).
"""

from common.client.changes import Changes
from common.client.columns import Columns
from common.client.customers import Customers
from common.client.explanations import Explanations
from common.client.plans import Plans
from common.client.records import Records
from common.client.runs import Runs
from common.client.setting_up import SettingUp
from common.client.shops import Shops
from common.client.tasks import Tasks
from common.client.uploads import Uploads
from common.client.wire import NOT_RUNNING, Document

__all__ = ["NOT_RUNNING", "Document", "Shelfline"]


class Shelfline(
    Runs, Explanations, Records, Tasks, Changes, Customers, Shops, Plans, Columns, SettingUp, Uploads
):
    """One deployment of Shelfline, as one caller.

    url: where its API is. token: a bearer token (`shelfline token create`); "" for `health` alone.
    session: a `requests.Session` to use instead of an own one; it stays open after `close`.

    Raises Usage for an address that is none, or that would carry the token unencrypted over a network.
    """
