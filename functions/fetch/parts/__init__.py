"""The source side of the parts flow: a row of a table or of a user's file becomes a normalised record."""
