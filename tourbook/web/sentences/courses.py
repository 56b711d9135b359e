"""What is refused when courses, schedules, departures and measures are entered, and what is wrong with a file."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from tourbook.web.sentences.counted import Counted, counted

SENTENCES: dict[str, LazyString | Counted] = {
    "no_such_course": _("There is no course %(course)s."),
    "no_such_departure": _("There is no such departure. Choose another one from the calendar."),
    "no_such_measure": _("There is no such measure. Go back to the list and choose again."),
    "no_such_holiday": _("%(day)s is not a public holiday here."),
    "no_such_schedule": _("There is no such schedule. Go back to the course and choose again."),
    "no_such_break": _("There is no such break. Go back to the course and choose again."),
    "text_missing": _("Fill this in, in both languages."),
    "number_out_of_range": _("%(value)s will not do: enter a number %(range)s."),
    "code_unusable": _("“%(value)s” cannot be a code. Use small letters, digits and hyphens, at most 40."),
    "course_code_taken": _("There is a course with the code %(value)s already. Choose another one."),
    "walk_longer_than_course": _(
        "The way on foot (%(walk_km)s km) cannot be longer than the course (%(length_km)s km)."
    ),
    "point_outside_korea": _("The point %(lon)s %(lat)s does not lie in Korea. Write the longitude first."),
    "points_too_many": _("Enter at most %(most)s points for one part of the way."),
    "draw_not_available": _(
        "A course as a whole gives its places first come, first served. A draw is announced for single days, "
        "under “Draws”."
    ),
    "window_never_opens": _(
        "Applications would open %(opens)s days before the departure, which is later than they close (%(closes)s days "
        "before)."
    ),
    "amended_before_due": _(
        "The roster would be amended until %(amend_until)s days before the departure, but is due only %(roster_due)s "
        "days before. Enter the same number or a smaller one."
    ),
    "minimum_incomplete": _(
        "A minimum needs all three: the number of people, how many days before it is decided, and at which hour. Leave "
        "all three empty where every departure runs."
    ),
    "minimum_decided_untimely": _(
        "It must be decided after applications open (%(opens)s days before) and before the last day on which names may "
        "change (%(amend_until)s days before), so that people can apply before it and answer an offer after it."
    ),
    "no_minimum": _("Nothing is to be decided here: no minimum is declared that this departure would need to run."),
    "enough_people": _(
        "Enough people have places by now (%(people)s, and it runs from %(least)s), so it cannot be called off for too "
        "few."
    ),
    "counts_changed": _(
        "Whom this reaches, or who is offered another departure, has changed meanwhile. Nothing was done. Look at the "
        "new figures below, and decide again."
    ),
    "decided_afterwards": _(
        "It cannot be called off for too few people now: a draw is still to give its places, parties are being asked "
        "to give way, the rules let nobody go, or a change that moved parties can still be taken back. It is decided "
        "afterwards."
    ),
    "runs_anyway": _("It was settled before that this departure runs."),
    "weekdays_missing": _("There are times but no weekdays. Choose at least one."),
    "times_missing": _("There are weekdays but no times. Enter at least one, like 10:00."),
    "range_too_long": counted(
        "Departures can be made for one day at once.",
        "Departures can be made for at most %(most)s days at once.",
        by="most",
    ),
    "start_not_on_minute": _("A departure leaves on a full minute."),
    "departure_otherwise": _(
        "There is a departure at that time already, for another number of people (%(there)s, not %(asked)s)."
    ),
    "no_change": _("This is how it is already. Nothing was entered."),
    "break_without_day": _("Enter the first day of this break, or leave all of it empty."),
    "until_before_planned": _(
        "Departures are made up to %(planned)s already. Enter that day or a later one; what is there is planned anew."
    ),
    "departures_too_many": _("That would make more than %(most)s departures. Enter fewer times, or an earlier day."),
    "calendar_stale": _(
        "Somebody has applied, or the calendar was changed, since this was shown. Look at it once more, then decide."
    ),
    "until_before_from": _("The last day (%(last)s) lies before the first (%(first)s)."),
    "capacity_missing": _("Another size needs its number of people."),
    "suspension_with_capacity": _("A suspension admits nobody, so its number of people does not count."),
    "end_decided_without_end": _("There is a day on which the end was decided, but no last day."),
    "unknown_region": _("There is no region with the code %(value)s."),
    "region_above_itself": _("The region %(value)s would lie above itself."),
    "region_follows_itself": _("The region %(value)s would be its own successor."),
    "unknown_course": _("There is no course with the code %(value)s."),
    "unknown_kind": _("“%(value)s” is not known here. Use one of these: %(choices)s."),
    "unknown_mode": _("“%(value)s” is not known here. Use one of these: %(choices)s."),
    "unknown_who": _("“%(value)s” is not known here. Use one of these: %(choices)s."),
    "unknown_policy": _("“%(value)s” is not known here. Use one of these: %(choices)s."),
    "unknown_measure": _("“%(value)s” is not known here. Use one of these: %(choices)s."),
    "import_refused": _("The file has mistakes, so nothing was entered. Correct the lines below and send it again."),
    "file_empty": _("The file is empty. It needs a heading and rows."),
    "file_without_rows": _("The file has a heading but no rows."),
    "file_not_utf8": _("The file is not in UTF-8. Save it as “CSV UTF-8” and send it again."),
    "file_read_as_korean": _("The file is not in UTF-8 and was read as Korean (CP949), as Excel saves it."),
    "file_not_text": _("The file is not a text. Save it as “CSV UTF-8” and send it again."),
    "file_not_csv": _("This cannot be read as CSV. Look for a quotation mark that is not closed."),
    "columns_missing": _("These columns are missing: %(columns)s. The file has: %(found)s."),
    "columns_twice": _("These columns appear twice: %(columns)s."),
    "columns_unknown": _("These columns are not known and were passed over: %(columns)s."),
    "cells_count": _("The row has %(found)s cells where the heading has %(expected)s."),
    "cell_empty": _("This is empty, but needed."),
    "cell_not_day": _("“%(value)s” is not a day. Write it like 2021-11-30."),
    "cell_not_moment": _("“%(value)s” is not a time. Write it like 2021-11-22T10:00 (Korean time) or 2021-11-22."),
    "cell_not_time": _("“%(value)s” is not a time of day. Write it like 10:00."),
    "cell_not_number": _("“%(value)s” is not a whole number from 0 to %(largest)s."),
    "cell_not_kilometres": _("“%(value)s” is not a length in kilometres. Write it like 7.9."),
    "cell_not_weekdays": _("“%(value)s” are not weekdays. Write them like Mon Tue Wed Thu Fri Sat Sun."),
    "cell_not_yes_no": _("“%(value)s” is neither yes nor no."),
    "cell_year_out_of_range": _("“%(value)s” lies outside the years that can be entered."),
    "there_with_other_content": _(
        "This is there already with other content (%(differences)s). An import changes nothing that was entered: "
        "correct it where it is kept, or correct the file."
    ),
}
