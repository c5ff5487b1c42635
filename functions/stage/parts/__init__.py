"""The stage step of the parts flow."""
