"""The push step of the designs flow: from approved changes to draft listings at Etsy, and back."""
