"""Seasons of a course, simulated with the pure rules: is anybody who waits passed by for ever?"""
