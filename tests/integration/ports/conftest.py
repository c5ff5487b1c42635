"""The emulators behind the real clients."""

from tests.support.emulators import bigquery_emulator, storage_emulator, tasks_emulator

__all__ = ["bigquery_emulator", "storage_emulator", "tasks_emulator"]
