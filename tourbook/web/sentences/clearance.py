"""What is refused where names are checked beforehand: handing them over, replies, exchanging visitors."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from tourbook.web.sentences.counted import Counted

SENTENCES: dict[str, LazyString | Counted] = {
    "no_clearance_here": _("Nobody checks the names of this course beforehand, so there is nothing to do."),
    "list_unknown": _("No list with this number was handed over."),
    "authority_unknown": _("This authority does not check the names of this course."),
    "due_out_of_range": _(
        "Names can be due from %(least)s to %(most)s days before the departure: not after they are final, and not "
        "before anybody can apply."
    ),
    "names_frozen": _("Names have been final since %(until)s. Nobody can be added, exchanged or corrected any more."),
    "names_changed": _(
        "The names have changed since this page was opened. Look at the page as it is now, and hand the new list over."
    ),
    "nothing_to_submit": _(
        "There is nobody to hand over: the authority knows of everybody whose details are complete."
    ),
    "clearance_step": _("The authority was not told of this visitor yet, so it cannot have answered."),
    "reply_still_open": _("There is no answer in this line yet, so it was passed over."),
    "reply_of_others": _("There is no application %(value)s on this departure. Compare the reference."),
    "reply_about_nobody": _("The application has no visitor number %(value)s. Compare the number in the party."),
    "reply_not_submitted": _("Visitor number %(value)s of this application was not handed over to this authority yet."),
    "reply_twice": _("The file gives two different answers about visitor number %(value)s of this application."),
    "reply_about_gone": _("Visitor number %(value)s does not travel any more. The answer is kept, and nobody is told."),
    "reply_after_the_start": _(
        "Visitor number %(value)s: the departure has left already. The answer is kept, and nobody is asked or told."
    ),
    "file_not_workbook": _("This XLSX file cannot be read. Save it again as XLSX or as CSV (UTF-8)."),
    "choice_over": _("You could choose until %(deadline)s. The others go without this visitor now."),
    "choice_answered": _("This was decided already. Load the page of the application to see how it stands."),
    "details_complete": _("Nothing is missing of this visitor any more. Load the page of the application again."),
    "exchange_too_late": _(
        "The names were due on %(until)s. Since then only visitors who were not let in, or of whom something is "
        "missing, can be exchanged."
    ),
    "exchanged_already": _(
        "A party can exchange one visitor, and yours has done so. You can still cancel a visitor. If a name is wrong, "
        "please call us before you come."
    ),
    "nobody_stays": _("At least one of those who applied must go: places are not passed on to others altogether."),
    "cell_not_answer": _("The column %(column)s says %(value)s. Write cleared or refused."),
}
