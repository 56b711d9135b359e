"""The three audiences' pages and journeys in a real Chromium."""
