"""The web: what every page and form does, whatever it is about."""
