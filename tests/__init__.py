"""The tests: one folder per area, and flows, races, browser, house habits, and the ground they stand on."""
