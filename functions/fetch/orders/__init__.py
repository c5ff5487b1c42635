"""The source side of the orders flow: a wide row of text becomes a normalised order, or problems with names."""
