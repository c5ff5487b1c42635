"""The entry of every deployed function: serves the step that FUNCTION_TARGET names.

One source archive holds all functions; only the wanted one is imported, so each cold start pays for itself alone.
"""

import importlib
import os

_target = os.environ["FUNCTION_TARGET"]
globals()[_target] = getattr(importlib.import_module(f"functions.{_target}.main"), _target)
