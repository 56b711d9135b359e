"""Acts that span areas: a change of facts with its preview, calling off a departure, and the recount of everything.

A change raises the version of the ruleset and writes no departure; each departure is settled by the next act that
takes its seats, or by the timetable. What the preview shows is made by the plan that is applied later.
"""
