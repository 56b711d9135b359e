"""What a launch day breaks: a database that answers late or never, mail servers that misbehave, stalled schedulers."""
