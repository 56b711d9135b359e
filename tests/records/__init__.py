"""Access records: each reading has one, nothing in them can be changed unseen, and two years later they go."""
