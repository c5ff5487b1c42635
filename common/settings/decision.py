"""Settings of the decision between automation and a person (the parts policy, and what surrounds it)."""

from common.settings.setting import SettingsGroup, flag, fraction, number, whole


class DecisionSettings(SettingsGroup):
    """Thresholds are inclusive from above: a record exactly at one counts as having reached it."""

    completeness_high = fraction(
        0.8, "From here on a record is complete enough to need a person's judgement."
    )
    completeness_medium = fraction(
        0.5, "From here on maker and priority decide; below, automation fills the gaps."
    )
    reliability_min = fraction(
        0.4, "A maker below it counts as unreliable for records of medium completeness."
    )
    priority_min = fraction(0.3, "A record of medium completeness with less priority goes to a person.")
    priority_very_low = fraction(0.2, "An incomplete record with less priority is not worth automation.")
    priority_high = fraction(0.6, "An incomplete record from here on is automated first.")
    max_automation_failures = whole(
        3, 1, 10, "failures", "So many recent ones send a part number to a person."
    )
    failure_window_days = whole(7, 1, 365, "days", "How far back an automation failure is recent.")
    refresh_after_days = whole(
        30, 0, 3650, "days", "An unchanged record enriched less long ago is fresh, and skipped."
    )
    reliability_prior_weight = number(
        5, 0, 1000, "outcomes", "How many outcomes the prior of a maker is worth."
    )
    reliability_prior_known = fraction(0.6, "Reliability of a maker we know before it has outcomes.")
    reliability_prior_unknown = fraction(0.5, "Reliability of a maker we do not know.")
    audit_sample_rate = fraction(0.05, "Share of automated items that a person reviews all the same.")
    automation_priority_threshold = fraction(
        0.8, "When today's budget cannot serve all, only records from here on are automated today."
    )
    manual_priority_threshold = fraction(
        0.5, "A manual task with less priority is LOW and not in the default list of pending ones."
    )
    automation_failure_to_manual = flag(
        True, "What automation gives up becomes a manual task instead of failed."
    )
