"""The parts policy: automation, or a person? Pure functions of a record, its history and the thresholds."""
