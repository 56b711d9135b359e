"""Backups: that they come back, and how long that takes."""
