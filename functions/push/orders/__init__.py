"""The push step of the orders flow: from staged changes to monday.com boards, and from confirmed writes to what we know of them."""
