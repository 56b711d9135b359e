"""What applying costs, measured against the least that Flask and the database could cost on the same machine."""
