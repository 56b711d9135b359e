"""Pages for administrators: orders, measures, the level table, courses, draws and the trail."""

from tourbook.web.admin import appeals as appeals
from tourbook.web.admin import authorities as authorities
from tourbook.web.admin import calendars as calendars  # the views put themselves on the blueprint
from tourbook.web.admin import changes as changes
from tourbook.web.admin import course_calendar as course_calendar
from tourbook.web.admin import courses as courses
from tourbook.web.admin import draws as draws
from tourbook.web.admin import exceptions as exceptions
from tourbook.web.admin import health as health
from tourbook.web.admin import holidays as holidays
from tourbook.web.admin import importing as importing
from tourbook.web.admin import level_versions as level_versions
from tourbook.web.admin import measures as measures
from tourbook.web.admin import minimum as minimum
from tourbook.web.admin import orders as orders
from tourbook.web.admin import organisations as organisations
from tourbook.web.admin import overview as overview
from tourbook.web.admin import people as people
from tourbook.web.admin import people_acts as people_acts
from tourbook.web.admin import rates as rates
from tourbook.web.admin import records as records
from tourbook.web.admin import replay as replay
from tourbook.web.admin import reports as reports
from tourbook.web.admin import resuming as resuming
from tourbook.web.admin import rights as rights
from tourbook.web.admin import scale as scale
from tourbook.web.admin import stops as stops
from tourbook.web.admin import table as table
from tourbook.web.admin import taking_back as taking_back
from tourbook.web.admin import timeline as timeline
from tourbook.web.admin import trail as trail
from tourbook.web.admin import trail_file as trail_file
from tourbook.web.admin import ways as ways
from tourbook.web.admin import why as why
from tourbook.web.admin.blueprint import blueprint as blueprint
