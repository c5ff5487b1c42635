"""The push step of the parts flow."""
