"""Settings that bound work: leases, retries, pages, daily limits and vendors' quotas."""

from common.settings.setting import SettingsGroup, number, whole


class LimitSettings(SettingsGroup):
    """Times, counts and budgets that keep a run within what it may use."""

    automation_max_concurrent = whole(5, 1, 20, "chunks", "Chunks of the enriching step claimed at once.")
    automation_retry_attempts = whole(
        3, 1, 10, "attempts", "How often automation tries an item before it gives up."
    )
    max_daily_tasks = whole(1000, 1, 10_000, "items", "Items automated in one UTC day; the rest waits.")
    manual_batch_size = whole(50, 1, 200, "tasks", "What one person claims, or a page shows, at once.")
    manual_lease_minutes = whole(
        30, 1, 1440, "minutes", "How long a claimed manual task stays with its person."
    )
    lease_seconds = whole(
        60, 5, 900, "seconds", "How long a claimed chunk stays with its worker without a sign."
    )
    retry_base_seconds = number(
        2, 0.1, 60, "seconds", "Wait before the second attempt; it doubles with each."
    )
    retry_max_seconds = number(300, 1, 86_400, "seconds", "The longest wait between two attempts.")
    step_time_budget_seconds = number(
        20, 1, 540, "seconds", "How long one wake-up works before it hands over."
    )
    crash_loop_tries = whole(3, 1, 20, "tries", "A chunk that dies so often without progress is taken apart.")
    wait_small_seconds = number(
        2, 0, 30, "seconds", "The longest wait inside a function; more is a later wake-up."
    )
    fetch_page_size = whole(500, 1, 10_000, "rows", "Rows of one page of a source.")


class VendorSettings(SettingsGroup):
    """Budgets of vendor accounts, as their plans state them."""

    digikey_per_minute = whole(120, 1, 100_000, "calls", "Calls to DigiKey's API in one minute.")
    digikey_per_day = whole(1000, 1, 10_000_000, "calls", "Calls to DigiKey's API in one day.")
