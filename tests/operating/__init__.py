"""What whoever runs it relies on: docs/operating.md, the files beside it, the list of parts, upgrades."""
