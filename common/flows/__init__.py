"""The flows of this release, each one module of declarations; a flow is known by its name."""

from common.pipeline.registry import flow, names, register

__all__ = ["flow", "names", "register"]
