"""The stand-in, called without the client."""

from tests.support.etsy_account import etsy_server, stand_in, start

__all__ = ["etsy_server", "stand_in", "start"]
