"""What refusals and warnings say at the command line: one sentence each, with what to do next where that helps."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tourbook.courses.files import Problem
from tourbook.errors import Refused
from tourbook.kst import in_seoul

LONGEST_VALUE = 120
SENTENCES = {
    "no_demo_in_production": "seed --demo makes people whose password everybody knows; production refuses it.",
    "not_a_rehearsal": "this makes a rehearsal; set TOURBOOK_ENV=rehearsal, without TOURBOOK_NOW.",
    "not_a_rehearsals": (
        "the database of DATABASE_URL has people or courses in it that no rehearsal made, so it may be the real one; "
        "name an empty one, or none for a file of its own. Nothing was changed."
    ),
    # the file as a whole
    "resident_number": "this looks like a resident registration number, which may not be taken; leave it out.",
    "file_too_large": "the file is larger than the {megabytes} MB that such a file may have; name another, or cut it.",
    "file_empty": "the file is empty; it needs a heading and rows.",
    "file_without_rows": "the file has a heading but no rows.",
    "file_not_utf8": "the file is not UTF-8{looks}; save it as “CSV UTF-8” and try again.",
    "file_not_text": "the file contains NUL bytes or other control characters, so it is no text; "
    "save it as “CSV UTF-8” and try again.",
    "file_not_csv": "this cannot be read as CSV ({reason}); look for a quotation mark that is not closed.",
    "file_read_as_korean": "the file is not UTF-8 and was read as Korean (CP949), as Excel saves it.",
    "columns_missing": "these columns are missing: {columns}. The file has: {found}.",
    "columns_twice": "these columns appear twice: {columns}.",
    "columns_unknown": "these columns are not known and were passed over: {columns}.",
    "not_a_draw": "this is no draw that was published as JSON in the format {expected}.",
    # terms and the way of a course
    "minimum_incomplete": "with how few people it runs, how many days before and at what time belong together.",
    "minimum_decided_untimely": (
        "whether it runs is decided after applications open ({opens} days before) and before names are final "
        "({amend_until} days before)."
    ),
    "point_outside_korea": "{lon}, {lat} does not lie in Korea; longitude comes first.",
    "points_too_many": "one part of the way takes at most {most} points.",
    # accounts
    "person_unknown": "there is no account with this email address.",
    "identity_none": "this account is not linked, so there is nothing to take away.",
    "factor_gone": "this account has no second factor, so there is nothing to take away.",
    "password_short": "the password is too short; take {shortest} signs or more.",
    "password_long": "the password is too long; take at most {longest} signs.",
    "password_common": (
        "many people have this password, or it is made of the name, the address or words of this site; take another."
    ),
    # people and roles
    "mail_not_one": "this is no email address; write one like name@example.kr.",
    "name_missing": "--name is empty; write the name, as colleagues know it.",
    "mail_taken": "there is an account with this email address already; give it the role with `tourbook people grant`.",
    "account_unknown": "there is no account with this email address.",
    "account_disabled": "this account is disabled; open it again first.",
    "operator_needs_organisation": "an operator needs an --organisation, and nobody else has one.",
    "organisation_retired": "this organisation is retired; reopen it first.",
    "role_reason_missing": "say why, with --reason; it stays with the role and goes into the trail.",
    "role_of_everybody": "everybody with an account is a citizen; give operator or administrator.",
    "role_begins_in_past": "a role cannot begin in the past; name today or a later day, or none.",
    "role_ends_before_it_begins": "--until comes before --from.",
    "role_ends_in_past": "--until has passed; name today or a later day, or none to end it now.",
    "role_ends_sooner": "this role ends at {until} already; an end can only be moved forward.",
    "role_beside_another": "there is a role in this time already, and nobody has two at once; end that one first.",
    "last_administrator": (
        "nobody else would be an administrator without an end then; make somebody else an administrator first."
    ),
    "administrator_with_end": (
        "nobody would be an administrator after --until; leave it out, or first make somebody an administrator without "
        "an end."
    ),
    "account_shared": (
        "everybody who looks at this demonstration signs in with this account; its password, roles and sign-ins stay."
    ),
    "no_role_in_force": "this account has no role of staff, neither now nor to come.",
    # exceptions
    "application_unknown": "there is no application with this reference.",
    "exception_reason_missing": "say why, with --reason; it goes into the trail.",
    "no_places_to_keep": "this party has no places on a departure to come, so there is nothing to keep.",
    "no_seats_to_put_back": (
        "there are not enough free seats for this party on its departure, or names are final there; it is asked in its "
        "turn."
    ),
    # draws
    "no_such_draw": "there is no such draw; `tourbook draw list` shows those there are.",
    "draw_code_unfit": (
        "this cannot be a code; use small letters, digits and hyphens, at most 40, but not “new” or “check”."
    ),
    "draw_code_taken": "there is a draw with this code already.",
    "draw_fallback_too_early": "--fallback-at must come later than --value-at, or stay away.",
    "draw_sealed_late": (
        "entries were sealed at {sealed_at}, when the value may have been known already; enter what was announced in "
        "case that it does not come, known from {fallback_at} on, with --fallback."
    ),
    "draw_sealed_too_late": (
        "entries were sealed at {sealed_at}, when every announced value may have been known already; withdraw the draw "
        "with `tourbook draw withdraw`, and announce it anew."
    ),
    "draw_fallback_not_due": (
        "nobody has said that the value did not come, so only the value counts; `tourbook draw missed` says it, before "
        "what counts instead is known."
    ),
    "draw_value_missed": (
        "it was said at {missed_at} that the value did not come; what was announced for that case counts, known from "
        "{fallback_at} on, with --fallback."
    ),
    "draw_fallback_known": "give --fallback-at a moment to come, when what counts instead of the value will be known.",
    "draw_withdrawn_since": "this was announced already, and withdrawn since; announce it anew.",
    "stop_without_courses": "name at least one --course, or a --region that has one.",
    "stop_named_twice": "name either --course or --region; which of them is meant cannot be told.",
    "rules_changed": "somebody has changed the rules meanwhile. Nothing was done; look once more, and try again.",
    "no_such_stop": "there is no such stop; `tourbook stops list` shows those there are.",
    "unknown_cause": "“{value}” is no cause; it is one of {choices}.",
    "draw_on_hold": "the draw is on hold, as every departure that it still has is stopped; it takes no value.",
    "draw_not_on_hold": "the draw is not on hold, so nothing of it can be announced anew.",
    "draw_still_stopped": "every departure that the draw still has is stopped; lift the stop or move its end first.",
    "draw_value_in_past": "the new value could be known already; name one that becomes known later.",
    "draw_resumed_too_late": (
        "applications for the last departure close on {closes_at}; --left-overs must come before that."
    ),
    "draw_entered": "somebody has entered this draw already, so it cannot be taken back.",
    "draw_moments_out_of_order": (
        "the moments must follow each other: entries open, entries close, the value is known, left-overs are free; "
        "{field} does not."
    ),
    "draw_closes_in_past": "entries would have closed already.",
    "draw_words_missing": "needed in both languages, but empty: {field}.",
    "draw_without_departures": "the course has no departures on these days; make them first.",
    "draw_too_large": "a draw covers at most {most} departures; choose fewer days.",
    "draw_has_departure": "the departure of {starts_at} belongs to another draw.",
    "draw_after_opening": "people could apply for the departure of {starts_at} already; choose later days.",
    "draw_left_overs_too_late": (
        "applications for the first departures close on {closes_at}, so nobody could apply for their left-over places."
    ),
    "draw_value_unfit": (
        "everybody must be able to write the value alike: plain letters, digits and signs, single spaces, at most 200."
    ),
    "draw_value_given": "this draw has its value already: {value}. A value is never changed.",
    "draw_value_early": "the value is known from {value_at} on, after the entries are sealed; enter it then.",
    "draw_not_drawn": "draw “{draw}” is not drawn yet, so there is nothing to publish.",
    # reports
    "alternative_unreadable": (
        "“{value}” is no alternative; write keep_earliest (or another policy), never:ORDER, until:ORDER=2026-12-01 or "
        "announced:ORDER=2026-11-20, where ORDER is its entry; a policy and an order are joined by +."
    ),
    "replay_too_large": "{asked} applications are more than the {most} that are played at once.",
    # clearance
    "due_out_of_range": "names can be due from {least} to {most} days before the departure, not {days}.",
    "authority_unknown": "this authority does not check the names of this course; see `tourbook clearance require`.",
    "departure_of_others": "there is no such departure.",
    "file_not_workbook": "this XLSX file cannot be read; save it again as XLSX or as CSV (UTF-8).",
    "cell_not_answer": "{named}“{value}” is no answer; write cleared or refused.",
    "reply_still_open": "there is no answer in this line yet; it was passed over.",
    "reply_of_others": "there is no application {value} on this departure.",
    "reply_about_nobody": "the application has no visitor number {value}.",
    "reply_not_submitted": "visitor number {value} of this application was not handed over to this authority yet.",
    "reply_twice": "the file gives two different answers about visitor number {value} of this application.",
    "reply_about_gone": "visitor number {value} does not travel any more; the answer is kept, and nobody is told.",
    "reply_after_the_start": "visitor number {value}: the departure has left; the answer is kept, and nobody is asked.",
    # one cell
    "cells_count": "the row has {found} cells where the heading has {expected}.",
    "code_of_level_unusable": "“{value}” cannot be a code; use small letters, digits, dots and hyphens, at most 20.",
    "level_there": "This scale has a level “{value}” already; choose another code.",
    "cell_empty": "{column} is empty, but needed.",
    "cell_not_day": "{named}“{value}” is not a day; write it as 2021-11-30.",
    "cell_not_moment": "{named}“{value}” is not a time; write it as 2021-11-22 or 2021-11-22T10:00 (Korean time).",
    "cell_not_time": "{named}“{value}” is not a time of day; write it as 10:00.",
    "cell_not_number": "{named}“{value}” is not a whole number from 0 to {largest}.",
    "cell_not_kilometres": "{named}“{value}” is not a length in kilometres; write it as 7.9.",
    "cell_not_weekdays": "{named}“{value}” are not weekdays; write them as Mon Tue Wed Thu Fri Sat Sun.",
    "cell_not_yes_no": "{named}“{value}” is neither yes nor no.",
    "cell_year_out_of_range": "{named}“{value}” lies outside the years {first} to {last}.",
    # one row
    "there_with_other_content": (
        "this {what} is there already with other content ({differences}). An import changes nothing that was entered: "
        "correct the {what} where it is kept, or the file."
    ),
    "unknown_region": "{field}: there is no region with the code {value}.",
    "region_above_itself": "region {value} would lie above itself.",
    "region_follows_itself": "region {value} would be its own successor.",
    "unknown_scale": "there is no scale “{value}”; there are {choices}.",
    "unknown_level": "scale {scale} has no level “{value}”; it has {choices}.",
    "unknown_course": "there is no course with the code {value}.",
    "unknown_kind": "kind “{value}” is not known; use {choices}.",
    "unknown_mode": "mode “{value}” is not known; use {choices}.",
    "unknown_who": "who “{value}” is not known; use {choices}.",
    "unknown_policy": "policy “{value}” is not known; use {choices}.",
    "unknown_measure": "“{value}” is not known here; use {choices}.",
    "organisation_unknown": "there is no organisation with the code {organisation}.",
    "course_code_taken": "there is a course with the code {value} already.",
    "code_unusable": "“{value}” cannot be a code; use small letters, digits and hyphens, at most 40.",
    "draw_not_available": "mode draw cannot be chosen for a whole course, only announced for days. Use first_come.",
    "text_missing": "{field} is empty, but needed.",
    "number_out_of_range": "{field} is {value}; it must be {range}.",
    "walk_longer_than_course": "walk_km ({walk_km}) is more than length_km ({length_km}).",
    "window_never_opens": (
        "applications would open {opens} days before the departure, later than they close ({closes} days before)."
    ),
    "changed_since": "somebody has decided about the same anew since; take that back first.",
    "amended_before_due": (
        "the roster would be amended until {amend_until} days before the departure, but is due only {roster_due} "
        "days before; amend_until_days must not be the larger."
    ),
    "weekdays_missing": "there are times but no weekdays.",
    "times_missing": "there are weekdays but no times.",
    "until_before_from": "the last day ({last}) lies before the first ({first}).",
    "applies_too_late": "applies_at lies after 00:00 of the first day ({first}); it may lie before, not after.",
    "capacity_missing": "an override needs a capacity.",
    "cell_for_kind_or_course": "a cell is either for a kind of course or for one course.",
    "inherit_for_courses_only": "only a course's own cell can fall back to that of its kind.",
    "amount_does_not_fit": "percent and people need an amount, {measure} does not go with this one.",
    # odd, but entered
    "reaches_no_course": "the order for {region} ({value}) reaches no course.",
    "withdrawn_before_announced": "the order was withdrawn before it was announced, so it counts at no time.",
    "suspension_with_capacity": "a suspension admits nobody; its capacity and raises count for nothing.",
    "end_decided_without_end": "ended_at says when an end was decided, but there is no effective_until.",
    # courses and departures
    "no_such_course": "there is no course “{course}”; `tourbook seed` adds the first ones.",
    "no_such_departure": "there is no departure {departure}.",
    "no_such_measure": "there is no measure {measure}.",
    "no_such_order": "there is no order {order}.",
    "no_such_holiday": "{day} is no public holiday.",
    "cell_changed_meanwhile": "somebody has changed this cell meanwhile.",
    "no_change": "this is how it is already.",
    "withdrawn_already": "order {entry} is withdrawn already.",
    "public_from_passed": "public_from has passed; it lies ahead, or is left out.",
    "start_not_on_minute": "a departure leaves on a full minute.",
    "departure_otherwise": "there is a departure at that time with another capacity ({there}, not {asked}).",
    "range_too_long": "at most {most} days can be generated at once.",
}


def problem_lines(refusal: Refused) -> Iterator[str]:
    """A refusal in lines: one sentence, or for a file all of its problems."""
    if "problems" not in refusal.facts:
        yield capitalised(sentence(refusal.code, {"field": refusal.field, **refusal.facts}))
        return
    problems = [Problem(*problem) for problem in refusal.facts["problems"]]
    yield f"Nothing was done: {len(problems)} {'problem' if len(problems) == 1 else 'problems'}."
    yield from map(at_its_line, problems)


def at_its_line(problem: Problem) -> str:
    """A problem or a warning with its line; line 0 is the file."""
    text = sentence(problem.code, problem.facts)
    return f"line {problem.line}: {text}" if problem.line else capitalised(text)


def sentence(code: str, facts: dict[str, Any]) -> str:
    """What a code says, with the facts of the case; a code without words of its own is shown with its facts."""
    if code not in SENTENCES:
        return f"{code.replace('_', ' ')} {facts}"
    return SENTENCES[code].format(**_in_words(facts))


def capitalised(text: str) -> str:
    """The text as the beginning of a line."""
    return text[:1].upper() + text[1:]


def _in_words(facts: dict[str, Any]) -> dict[str, str]:
    words = {name: _word(value) for name, value in facts.items()}
    words["named"] = f"{facts['column']}: " if "column" in facts else ""
    words["looks"] = f" (it looks like {facts['looks_like']})" if facts.get("looks_like") else ""
    if "least" in facts:
        words["range"] = _range(facts["least"], facts["most"])
    return words


def _word(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(
            f"{name}: {_in_one_line(there or 'empty')} there, {_in_one_line(here or 'empty')} here"
            for name, (there, here) in value.items()
        )
    if isinstance(value, list):
        return ", ".join(map(_in_one_line, value))
    if isinstance(value, datetime):
        return f"{in_seoul(value):%Y-%m-%d %H:%M} KST"
    return "the course's" if value is None else _in_one_line(value)


def _in_one_line(value: Any) -> str:
    """A value shortened and without line breaks, so that no cell of a file looks like a line of ours."""
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _range(least: int, most: int | None) -> str:
    return f"at least {least}" if most is None else f"from {least} to {most}"
