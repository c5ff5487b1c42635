"""Settings of how a run is carried out."""

from typing import Literal

from common.settings.setting import SettingsGroup, choice, flag, whole

ExecutionMode = Literal["integrated", "realtime", "traditional"]


class ExecutionSettings(SettingsGroup):
    """Modes and sizes; all but `mode` are accepted in the environment under their bare names too."""

    mode = choice(
        "PRODUCTION", ("TEST", "PRODUCTION"), "TEST builds the push step with a target that cannot write."
    )
    use_integrated = flag(False, "One wake-up takes a chunk through every step it can reach.", bare=True)
    realtime_processing = flag(False, "One item per wake-up, for the smallest memory.", bare=True)
    fast = flag(False, "Leave out what only adds detail and costs calls.", bare=True)
    workers = whole(
        50, 1, 200, "chunks", "Chunks of the flow claimed at once, over all instances.", bare=True
    )
    multithreading = flag(True, "Off: one chunk of the flow at a time.", bare=True)
    skip_existing = flag(True, "Skip what is stored already and has not changed.", bare=True)
    batch_size = whole(100, 1, 1000, "items", "Items of one chunk, bounded by max_batch_size.", bare=True)
    pref_fetch = flag(True, "Fetch preferences and fitments of a vehicle.", bare=True)
    fetch_vehicle_data = flag(True, "Fetch the vehicles themselves; off: work on those stored.", bare=True)
    max_batch_size = whole(100, 1, 1000, "items", "The most items of one chunk.")

    @property
    def execution_mode(self) -> ExecutionMode:
        """Integrated before realtime before traditional."""
        if self.use_integrated:
            return "integrated"
        return "realtime" if self.realtime_processing else "traditional"

    @property
    def chunk_size(self) -> int:
        """Items of one chunk, never more than `max_batch_size`; one by one in real time."""
        if self.execution_mode == "realtime":
            return 1
        return min(self.batch_size, self.max_batch_size)

    @property
    def lane_width(self) -> int:
        """Chunks of the flow claimed at once: one without multithreading."""
        return self.workers if self.multithreading else 1
