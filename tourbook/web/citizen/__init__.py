"""Pages for citizens: courses, dates, applying, and one's own applications."""

# The views put themselves on the blueprint when their modules are read.
from tourbook.web.citizen import appealing as appealing
from tourbook.web.citizen import application as application
from tourbook.web.citizen import apply as apply
from tourbook.web.citizen import cancelling as cancelling
from tourbook.web.citizen import cannot_go as cannot_go
from tourbook.web.citizen import clearance as clearance
from tourbook.web.citizen import companions as companions
from tourbook.web.citizen import correcting as correcting
from tourbook.web.citizen import course as course
from tourbook.web.citizen import dates as dates
from tourbook.web.citizen import departure as departure
from tourbook.web.citizen import draw_check as draw_check
from tourbook.web.citizen import draws as draws
from tourbook.web.citizen import expiry as expiry
from tourbook.web.citizen import fairness as fairness
from tourbook.web.citizen import finding as finding
from tourbook.web.citizen import groups as groups
from tourbook.web.citizen import home as home
from tourbook.web.citizen import offers as offers
from tourbook.web.citizen import openings as openings
from tourbook.web.citizen import own_data as own_data
from tourbook.web.citizen import papers as papers
from tourbook.web.citizen import releasing as releasing
from tourbook.web.citizen import search as search
from tourbook.web.citizen import standby as standby
from tourbook.web.citizen import transferring as transferring
from tourbook.web.citizen import ways as ways
from tourbook.web.citizen.blueprint import blueprint as blueprint
