"""The push of orders to monday.com, with everything that can go wrong on the way."""
