"""What tests stand on: real databases, a real server, a real browser, and pages that are checked when read."""
