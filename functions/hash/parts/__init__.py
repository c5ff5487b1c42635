"""The hash step of the parts flow."""
