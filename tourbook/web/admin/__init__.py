"""Pages for administrators: orders, measures, the level table, courses, draws and the trail."""

from tourbook.web.admin import appeals as appeals
from tourbook.web.admin import authorities as authorities
from tourbook.web.admin import calendars as calendars  # the views put themselves on the blueprint
from tourbook.web.admin import changes as changes
from tourbook.web.admin import courses as courses
from tourbook.web.admin import draws as draws
from tourbook.web.admin import exceptions as exceptions
from tourbook.web.admin import holidays as holidays
from tourbook.web.admin import importing as importing
from tourbook.web.admin import measures as measures
from tourbook.web.admin import orders as orders
from tourbook.web.admin import overview as overview
from tourbook.web.admin import rates as rates
from tourbook.web.admin import replay as replay
from tourbook.web.admin import reports as reports
from tourbook.web.admin import resuming as resuming
from tourbook.web.admin import rights as rights
from tourbook.web.admin import stops as stops
from tourbook.web.admin import table as table
from tourbook.web.admin import taking_back as taking_back
from tourbook.web.admin import trail as trail
from tourbook.web.admin import why as why
from tourbook.web.admin.blueprint import blueprint as blueprint
