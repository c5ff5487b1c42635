"""The scrape step of the parts flow."""
