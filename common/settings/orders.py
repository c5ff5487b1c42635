"""Settings of the orders flow."""

from common.settings.setting import SettingsGroup, choice, fraction, number, whole

MONDAY_PLANS = ("free", "basic", "standard", "pro", "enterprise")


class OrderSettings(SettingsGroup):
    """How orders are read, guarded and pushed to monday.com."""

    export_from_rows = whole(
        20_000,
        0,
        100_000_000,
        "rows",
        "A source of so many rows or more is exported; a smaller one is paged.",
    )
    segment_rows = whole(20_000, 1, 100_000, "rows", "Rows of a source compared in one transaction.")
    mass_change_rows = whole(
        10, 0, 10_000_000, "orders", "A customer's changed and deleted orders up to this number always pass."
    )
    mass_change_share = fraction(
        0.1,
        "Above mass_change_rows: the share of a customer's orders that may be changed or deleted at once.",
    )
    order_push_items = whole(500, 1, 10_000, "orders", "Orders of one chunk of the push to a board.")
    monday_plan = choice(
        "pro", MONDAY_PLANS, "The plan of the monday.com account; its limits are never exceeded."
    )
    monday_items_per_page = whole(500, 1, 500, "items", "Items of a board that a baseline reads at once.")
    monday_mutations_per_call = whole(20, 1, 20, "mutations", "Mutations of one call to monday.com.")
    monday_import = choice(
        "auto",
        ("auto", "never"),
        "Whether many new items of one group go to monday.com as an import where that takes fewer calls than mutations.",
    )
    monday_settle_seconds = number(
        10, 0, 3600, "seconds", "How long a write may take to show up in monday.com's search."
    )
    plan_most_days = whole(
        30,
        1,
        3650,
        "days",
        "A push that needs more days of the plan's calls is refused instead of stretched.",
    )

    @property
    def push_chunk_size(self) -> int:
        """Orders of one chunk of the push, never more than `max_batch_size`; one by one in real time."""
        if self.values["realtime_processing"] and not self.values["use_integrated"]:
            return 1
        return int(min(self.order_push_items, self.values["max_batch_size"]))
