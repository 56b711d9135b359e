"""Accounts: what passwords must be, how sign-ins last, how guessing is slowed down."""
