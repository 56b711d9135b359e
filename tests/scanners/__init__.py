"""Scanners of the trade, let loose on a site that people use: `python -m tests.scanners`."""
