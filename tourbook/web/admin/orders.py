"""Distancing orders: the list, entering one, withdrawing one; each change by way of its preview."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired

from tourbook.courses import courses
from tourbook.courses.models import Region
from tourbook.db import db
from tourbook.distancing import region_tree
from tourbook.distancing.drafts import OrderDraft
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Level, Order
from tourbook.distancing.reach import reaches
from tourbook.distancing.steps import enter_order, move_order_end, withdraw_order
from tourbook.errors import Conflict, NotFound
from tourbook.kst import civil_day
from tourbook.operations import Proposal, days_named
from tourbook.web import refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.ends import end_words
from tourbook.web.admin.fields import Day, Moment, Whole, asked_day, typed
from tourbook.web.admin.levels import level_choices, level_words
from tourbook.web.admin.proposing import Page, ProposalForm, decide
from tourbook.web.admin.region_names import region_choices, region_names
from tourbook.web.forms import Text, choices
from tourbook.web.present import day, in_lang, instant


@dataclass(frozen=True)
class OrderRow:
    """An order as the list shows it; `state` is embargoed, planned, in_force, ended or
    withdrawn, `public_from` the minute at which an embargo ends.
    """

    id: UUID
    region: str
    level: str
    days: str
    announced: str
    applies: str
    party: str
    state: str
    public_from: str | None


class OrderForm(ProposalForm):
    """A new order. Until its announcement, and under embargo until its minute, nobody is moved and nobody but
    administrators sees it.
    """

    region_code = SelectField(_("Region"), [InputRequired(_("Choose a region."))])
    level = SelectField(_("Level"), [InputRequired(_("Choose a level."))])
    announced_at = Moment(_("Announced at"))
    public_from = Moment(_("Public from (embargo)"))
    effective_from = Day(_("First day"), [InputRequired(_("Enter the first day, for example 2026-05-04."))])
    planned_until = Day(_("Last day"))
    applies_at = Moment(_("Applies from"))
    party_max = Whole(_("Party limit"))
    party_max_after_18 = Whole(_("Party limit after 18:00"))
    overrides_local = BooleanField(_("Overrides local orders"))
    ends_by_itself = BooleanField(_("Ends by itself after its last day"))
    condition_ko = Text(_("Condition, in Korean"))
    condition_en = Text(_("Condition, in English"))

    @classmethod
    def begun(cls) -> "OrderForm":
        """The form with its choices, beginning with the region and the days that the address names."""
        form = cls()
        offered = region_choices(db.session())
        form.region_code.choices = choices([("", gettext("Choose a region.")), *offered])
        form.level.choices = choices([("", gettext("Choose a level.")), *level_choices()])
        if request.method == "GET":
            form._begin_with_region(request.args.get("region_code", ""), dict(offered))
            form.effective_from.data, form.planned_until.data = (
                asked_day(name) for name in ("effective_from", "planned_until")
            )
        return form

    def _begin_with_region(self, asked: str, offered: Mapping[str, str]) -> None:
        """Choose the region that was asked for. One that cannot be chosen is said, lest a browser shows another."""
        self.region_code.data = asked if asked in offered else ""
        if asked not in ("", *offered):
            said = gettext("No order can be entered for the region %(code)s. Choose one.", code=asked)
            self.region_code.errors = [said]

    def proposal(self) -> Proposal:
        """To enter this order."""
        step = partial(enter_order, draft=self._draft(), actor=current_actor(), now=request_time())
        return Proposal((step,), self._summary())

    def warnings(self) -> list[str]:
        """That it reaches no course, where it does not, and that more people may come after 18:00 than before."""
        draft = self._draft()
        return [*_reaches_nobody(draft), *_larger_after_18(draft)]

    def _draft(self) -> OrderDraft:
        scale, level = self.level.data.split("/", 1)
        return OrderDraft(
            region_code=self.region_code.data,
            effective_from=self.effective_from.value,
            planned_until=self.planned_until.value,
            announced_at=self.announced_at.value or request_time(),
            public_from=self.public_from.value,
            applies_at=self.applies_at.value,
            scale=scale,
            level=level,
            party_max=self.party_max.value,
            party_max_after_18=self.party_max_after_18.value,
            overrides_local=self.overrides_local.data,
            ends_by_itself=self.ends_by_itself.data,
            condition_ko=self.condition_ko.data or None,
            condition_en=self.condition_en.data or None,
        )

    def _summary(self) -> Words:
        region = db.session.scalars(select(Region).where(Region.code == self.region_code.data)).one()
        scale, name = self.level.data.split("/", 1)
        level = db.session.scalars(select(Level).where(Level.scale == scale, Level.level == name)).one()
        name, days = level_words(level), days_named(self.effective_from.value, self.planned_until.value)
        return Words(f"{region.name_ko} {name.ko}, {days.ko}", f"{region.name_en}, {name.en}, {days.en}")


class WithdrawForm(ProposalForm):
    """Withdrawing an order from now on."""

    order: Order

    def proposal(self) -> Proposal:
        """To withdraw the order."""
        step = partial(withdraw_order, order_id=self.order.id, actor=current_actor(), now=request_time())
        region = region_tree(db.session()).name(self.order.region_code)
        days = days_named(self.order.effective_from, self.order.planned_until)
        summary = Words(f"{region.ko} 조치 철회({days.ko})", f"Withdrawing the order for {region.en} ({days.en})")
        return Proposal((step,), summary)


class OrderEndForm(ProposalForm):
    """Letting an order end on another day."""

    until = Day(_("Last day of the order"))
    order: Order

    def proposal(self) -> Proposal:
        """To move its end."""
        last = self.until.value
        refuse = partial(_refuse_if_moved, self.order.id, last)
        step = partial(move_order_end, order_id=self.order.id, until=last, actor=current_actor(), now=request_time())
        region = region_tree(db.session()).name(self.order.region_code)
        days = days_named(self.order.effective_from, last)
        summary = Words(f"{region.ko} 조치 기간 변경: {days.ko}", f"The order for {region.en}: now {days.en}")
        return Proposal((refuse, step), summary)


@blueprint.get("/orders")
@permission(Permission.ADMINISTRATOR)
def orders() -> str:
    """All orders, the latest first; filtered by region and state."""
    wanted, chosen = request.args.get("region", ""), request.args.get("state", "")
    session = db.session()
    names = _names(session)
    query = select(Order).order_by(Order.effective_from.desc(), Order.entry.desc())
    rows = [_row(order, names, request_time()) for order in session.scalars(query) if wanted in ("", order.region_code)]
    shown = [row for row in rows if chosen in ("", row.state)]
    return render_template("admin/orders.html", orders=shown, filters=_filters(wanted, chosen))


@blueprint.route("/orders/new", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def new_order() -> Page:
    """Enter an order, by way of its preview."""
    return decide(OrderForm.begun(), "admin/order_form.html")


@blueprint.route("/orders/<uuid:order_id>/withdraw", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def withdraw(order_id: UUID) -> Page:
    """Withdraw an order, by way of its preview."""
    form, order = WithdrawForm(), _order(order_id)
    form.order = order
    return decide(form, "admin/order_withdraw.html", order=_row(order, _names(db.session()), request_time()))


@blueprint.route("/orders/<uuid:order_id>/end", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def move_end(order_id: UUID) -> Page:
    """Let an order end on another day, by way of its preview."""
    order = _order(order_id)
    form = OrderEndForm(data={"until": typed(order.planned_until)})
    form.order = order
    return decide(form, "admin/order_end.html", order=_row(order, _names(db.session()), request_time()))


def _refuse_if_moved(order_id: UUID, asked: date | None, session: Session) -> None:
    """Step: refuse `order_moved_meanwhile`, with both days, where the same order stands with another end."""
    order = session.get_one(Order, order_id)
    if order.withdrawn_at is None or order.withdrawn_at > request_time():
        return
    same = [
        getattr(Order, name) == getattr(order, name) for name in ("region_code", "effective_from", "scale", "level")
    ]
    later = (Order.announced_at == order.announced_at, Order.entry > order.entry, Order.withdrawn_at.is_(None))
    found = session.scalar(select(Order).where(*same, *later).order_by(Order.entry.desc()).limit(1))
    if found:
        raise Conflict("order_moved_meanwhile", stands=end_words(found.planned_until), asked=end_words(asked))


def _order(order_id: UUID) -> Order:
    order = db.session.get(Order, order_id)
    if order is None:
        raise NotFound("no_such_order", order=str(order_id))
    return order


def _reaches_nobody(draft: OrderDraft) -> list[str]:
    tree, days = region_tree(db.session()), (draft.effective_from, draft.planned_until)
    places = {course.region_code for course in courses(db.session())}
    if any(reaches(draft.region_code, *days, place, tree) for place in places):
        return []
    named = dict(region_choices(db.session()))
    return [refusals.words("reaches_no_course", value=named.get(draft.region_code, draft.region_code))]


def _larger_after_18(draft: OrderDraft) -> list[str]:
    before, after = draft.party_max, draft.party_max_after_18
    if before is None or after is None or after <= before:
        return []
    words = gettext(
        "After 18:00 larger parties may come (%(after)s) than before (%(before)s).", after=after, before=before
    )
    return [words]


def _filters(region: str, state: str) -> list[dict[str, object]]:
    """The states as links, keeping the region that was asked for."""
    words = {"": gettext("All"), **state_words()}
    return [
        {
            "text": text,
            "href": url_for("admin.orders", region=region or None, state=name or None),
            "current": name == state,
        }
        for name, text in words.items()
    ]


def state_words() -> dict[str, str]:
    """The states of orders and measures in words."""
    return {
        "in_force": gettext("In force"),
        "embargoed": gettext("Under embargo"),
        "planned": gettext("Announced"),
        "ended": gettext("Ended"),
        "withdrawn": gettext("Withdrawn"),
    }


def order_state(order: Order, now: datetime) -> str:
    """Where an order stands: withdrawn, embargoed, planned, in_force or ended."""
    today = civil_day(now)
    if order.withdrawn_at and order.withdrawn_at <= now:
        return "withdrawn"
    if order.known_at > now:
        return "embargoed"
    if order.effective_from > today:
        return "planned"
    return "ended" if order.planned_until and order.planned_until < today else "in_force"


def _row(order: Order, names: dict[str, str], now: datetime) -> OrderRow:
    until = day(order.planned_until) if order.planned_until else gettext("open-ended")
    return OrderRow(
        id=order.id,
        region=names[order.region_code],
        level=names.get(f"{order.scale}/{order.level}", order.level),
        days=f"{day(order.effective_from)} – {until}",
        announced=instant(order.announced_at) if order.announced_at else "–",
        applies=instant(order.applies_at),
        party=_party(order),
        state=order_state(order, now),
        public_from=instant(order.known_at) if order.known_at > now else None,
    )


def _party(order: Order) -> str:
    if order.party_max is None and order.party_max_after_18 is None:
        return str(gettext("no limit"))
    limit = str(order.party_max or "–")
    after = gettext(", %(limit)s after 18:00", limit=order.party_max_after_18) if order.party_max_after_18 else ""
    return limit + after


def _names(session: Session) -> dict[str, str]:
    """Regions by code, and levels by scale/level, in the language of the page."""
    regions = region_names(session.scalars(select(Region)).all())
    return regions | {f"{one.scale}/{one.level}": in_lang(one, "name") for one in session.scalars(select(Level))}
