"""Habits of the house, as tests: what is only written down is forgotten."""
