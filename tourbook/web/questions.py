"""The questions that people ask, and their answers, by topic: a part of the page's address, a title, and pairs."""

from flask_babel import lazy_gettext as _

TOPICS = (
    (
        "choosing",
        _("Choosing a walk"),
        (
            (
                _("How do I find a day with places for all of us?"),
                _(
                    "Under “Look for places” enter the days and how many you are. You see days with places, days that "
                    "are full with the nearest ones that are not, and days for which applications open later."
                ),
            ),
            (
                _("How hard is the walk?"),
                _(
                    "The page of a course says how far you walk, and whether that is easy, moderate or hard. Where the "
                    "operator says nothing, up to 2 km counts as easy and up to 5 km as moderate."
                ),
            ),
            (
                _("Can I come with a wheelchair? Are there toilets?"),
                _(
                    "The page of a course says so for each part of the way. Where it says “not known”, nobody has told "
                    "us yet: please call before you apply."
                ),
            ),
            (
                _("When do applications open?"),
                _(
                    "Each course opens a fixed number of days before the visit, at a fixed hour. The page of a day "
                    "that is not open yet names the minute."
                ),
            ),
            (
                _("Why do fewer people go than usual?"),
                _(
                    "Against infectious diseases an order can say that people keep their distance, or the place itself "
                    "can be limited. The page of the course says which it is, from when and until when."
                ),
            ),
        ),
    ),
    (
        "applying",
        _("Applying"),
        (
            (
                _("Do I need an account?"),
                _(
                    "No. Choose a course and a date, say who is coming, and give a phone number or an email address. "
                    "With an account you see all your applications in one place."
                ),
            ),
            (
                _("I forgot my password. What now?"),
                _(
                    "Press “Choose a new password” on the sign-in page and enter your email address. We send you a "
                    "link that counts once, for an hour. If no email comes, look into your spam folder, and check the "
                    "address for slips."
                ),
            ),
            (
                _("How many people can apply together?"),
                _(
                    "A party may be as large as the page of the course says. It can change with the distancing level; "
                    "the page of a departure tells you the reasons."
                ),
            ),
            (
                _("How long are places kept while I type?"),
                _(
                    "The page says how long before you begin, and you can extend the time. If it runs out, what you "
                    "typed is kept and you can ask for the same places again."
                ),
            ),
        ),
    ),
    (
        "waiting",
        _("Waiting and offers"),
        (
            (
                _("What happens on the waiting list?"),
                _(
                    "The list goes in order. When enough places for your whole party are free, you get an offer with "
                    "a deadline. Your application shows your place in the queue."
                ),
            ),
            (
                _("May others pass me?"),
                _(
                    "A smaller party may take places that yours does not fit in, but only as often as the page of the "
                    "course says. After that, places are kept until your party fits."
                ),
            ),
        ),
    ),
    (
        "draws",
        _("Draws"),
        (
            (
                _("Why is there a draw?"),
                _(
                    "Where more people want to go than there are places, the fastest should not win. You name up to "
                    "three departures before entries close; when you enter makes no difference to your chance."
                ),
            ),
            (
                _("Who decides who is drawn?"),
                _(
                    "Nobody. When entries close, the list is sealed. Then a public value that nobody could know, for "
                    "example of a lottery, puts all entries in order. In that order each party gets its first choice "
                    "that still has places for all of it."
                ),
            ),
            (
                _("Can I check that it was fair?"),
                _(
                    "Yes. The list without names, the value and the result are published. On the page of the draw you "
                    "look up what came of your receipt, and why; on “Check a draw” your own browser computes it again."
                ),
            ),
            (
                _("May a party that has entered become smaller?"),
                _(
                    "Yes, until entries close: open your entry and cancel single visitors. If your party is larger "
                    "than a choice takes when entries close, that choice does not take part, and we write to you."
                ),
            ),
            (
                _("What if I am not drawn?"),
                _(
                    "You keep your turn on the waiting lists of your choices. Places that are left over are free for "
                    "everybody from the hour that the page of the draw names."
                ),
            ),
            (
                _("What about departures that are added later?"),
                _(
                    "While entries are taken they join the draw: the page of the draw names them. Those that are added "
                    "after that are not drawn; they are free for everybody together with what is left over."
                ),
            ),
        ),
    ),
    (
        "the-day",
        _("On the day"),
        (
            (
                _("What must I bring?"),
                _(
                    "Everybody needs the identity document that the course asks for, with the name exactly as in the "
                    "application. Without it nobody can be let in."
                ),
            ),
            (
                _("Where do we meet, and when?"),
                _(
                    "The page of the course and your application name the meeting place and how early to be there. Who "
                    "comes late may have to stay behind."
                ),
            ),
            (
                _("What may I wear, and may I take photographs?"),
                _(
                    "The page of the course lists clothes that are not let in and rules of conduct. Take photographs "
                    "only where, and in the directions that, the guide allows."
                ),
            ),
            (
                _("What does it cost?"),
                _(
                    "The page of the course names the fee, where there is one. It is paid at the meeting place. "
                    "Applying and cancelling cost nothing."
                ),
            ),
            (
                _("Will it take place in bad weather?"),
                _(
                    "A visit can be called off even on the day, for the weather or for military reasons. Then "
                    "everybody gets a message at once."
                ),
            ),
        ),
    ),
    (
        "changes",
        _("When something changes"),
        (
            (
                _("The distancing level was raised. What about my places?"),
                _(
                    "If fewer people may go, some parties lose their places, by the rule that the page of the course "
                    "names. You are told at once, and when places come back you are asked before anybody else."
                ),
            ),
            (
                _("How do I cancel?"),
                _(
                    "Open your application and cancel it there. You can also cancel for one person of your party. "
                    "Please do it as early as you can, so that others can go."
                ),
            ),
            (
                _("I cannot find my application."),
                _(
                    "Open the link in the notice that we sent you. If you have lost it, enter your reference and your "
                    "phone number or email address under “Find application”, and we send you a new link."
                ),
            ),
        ),
    ),
)
