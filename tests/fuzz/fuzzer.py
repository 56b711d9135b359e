"""The loop: cases one after the other on one site, each answer judged, what must not change compared."""

import gc
import logging
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.fuzz.cases import Case, make_case
from tests.fuzz.discovery import Target
from tests.fuzz.oracle import Oracle
from tests.fuzz.site import Site
from tests.ground.moments import StandingClock

CHUNK = 150
SLOWEST = 2.0
ENDS_A_SIGN_IN = (
    {"signin.sign_out", "signin.end_one", "signin.end_others"}
    | {f"second_factor.{name}" for name in ("code_now", "recovery_now", "set_up_now", "passkey_now", "new_passkey_now")}
    | {"admin.disable_person", "admin.end_role_of", "admin.end_sign_ins_of"}
)
ANSWERS_WITH_ITS_PAGE = {"operator.contact_now", "second_factor.set_up_now", "second_factor.recovery_codes_now"}
"""Acts that are done when they answer 200: an opened contact and recovery codes stand in no address, so nothing leads
on to them.
"""
REFUSED = {308, 400, 403, 404, 405, 413}  # 308: nothing is done at an address that is only spelt in another way


@dataclass(frozen=True)
class Finding:
    """One fault, with the case that shows it."""

    number: int
    what: str
    case: str

    def __str__(self) -> str:
        return f"case {self.number}: {self.what}\n  {self.case}"


@dataclass
class Report:
    """What came of a run."""

    posts: int = 0
    gets: int = 0
    compared: int = 0
    slowest: float = 0
    slowest_case: str = ""
    most_work: float = 0
    slow: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def __str__(self) -> str:
        statuses = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        return (
            f"{self.posts} posts and {self.gets} other requests; {statuses}; {self.compared} forged; "
            f"{len(self.reached)} addresses reached, {len(self.done)} acts done; most work {self.most_work:.2f} s, "
            f"slowest {self.slowest:.2f} s ({self.slowest_case.partition(chr(10))[0]}); {len(self.findings)} findings"
        )


class Fuzzer:
    """A site, what can be sent to it, the seed that decides what is sent, whether it is spoilt first, and how long
    after the site was made it is sent.
    """

    def __init__(
        self, site: Site, targets: Sequence[Target], seed: str, *, spoilt: bool = True, minutes_later: int = 0
    ) -> None:
        self.site, self.targets, self.seed, self.spoilt = site, targets, seed, spoilt
        self.minutes_later = minutes_later
        self.browsers = {browser.name: browser for browser in site.browsers}
        self.oracle = Oracle()
        self.report = Report()
        self.log = _Log()

    def run(self, posts: int, told: Callable[[Report], None] = lambda report: None) -> Report:
        """Send cases until that many posts were sent; each chunk of them begins on the site as it was made."""
        number = 0
        while self.report.posts < posts:
            self._chunk(range(number, number + CHUNK), posts)
            number += CHUNK
            told(self.report)
        return self.report

    def replay(self, number: int) -> tuple[Case, TestResponse]:
        """The case of that number, after those of its chunk before it."""
        for case, answer in self._cases(range(number - number % CHUNK, number + 1)):
            last = case, answer
        return last

    def _chunk(self, numbers: range, posts: int) -> None:
        for _case, _answer in self._cases(numbers):
            if self.report.posts >= posts:
                break
        unsound = self.site.unsound()
        self.report.findings += [Finding(numbers[-1], f"the recount finds {found}", "-") for found in unsound]

    def _cases(self, numbers: range) -> Iterator[tuple[Case, TestResponse]]:
        with self.site.standing():
            self.site.restore()
        with self._standing():
            for number in numbers:
                case = self._case(number)
                yield case, self._judged(number, case)
                if case.target.endpoint in ENDS_A_SIGN_IN:
                    self.site.restore()

    def _case(self, number: int) -> Case:
        return make_case(self.targets, self.browsers, Random(f"{self.seed}/{number}"), spoilt=self.spoilt)

    @contextmanager
    def _standing(self) -> Iterator[None]:
        clock = StandingClock()
        clock.move(minutes=self.minutes_later)
        with self.log.listening(), _uploads_that_were_broken_off():
            try:
                yield
            finally:
                clock.run_again()

    def _judged(self, number: int, case: Case) -> TestResponse:
        before = self.site.fingerprint() if case.forged else ""
        began, worked = time.perf_counter(), time.thread_time()
        answer = self._send(case)
        self.report.most_work = max(self.report.most_work, time.thread_time() - worked)
        self._note(case, answer, time.perf_counter() - began)
        found = list(self.oracle.faults(case.target.endpoint, case.path, answer))
        found += [f"raised {line}" for line in self.log.taken()]
        if case.forged:
            found += self._changes(before, answer)
        self.report.findings += [Finding(number, what, str(case)) for what in found]
        return answer

    def _changes(self, before: str, answer: TestResponse) -> list[str]:
        self.report.compared += 1
        taken = answer.status_code not in REFUSED
        changed = self.site.fingerprint() != before
        return ([f"takes a forged form with {answer.status_code}"] if taken else []) + (
            ["a forged form changed something"] if changed else []
        )

    def _send(self, case: Case) -> TestResponse:
        client = FlaskClient(self.site.app, self.site.app.response_class, use_cookies=False)
        cookie = self.browsers[case.browser].cookie
        headers = [("Cookie", f"sid={cookie}"), *case.headers]
        body = {"data": case.body, "content_type": case.sent_as} if case.method == "POST" else {}
        place = {"REMOTE_ADDR": f"10.{hash_of(case.body)}.1.1"}
        return client.open(
            case.address, method=case.method, headers=headers, environ_overrides=place, buffered=True, **body
        )

    def _note(self, case: Case, answer: TestResponse, seconds: float) -> None:
        report = self.report
        report.posts += case.method == "POST"
        report.gets += case.method != "POST"
        report.statuses[answer.status_code] += 1
        report.reached[case.target.endpoint] += 1
        done = answer.status_code in {302, 303} or (answer.status_code == 200 and answer.mimetype == "application/json")
        done |= answer.status_code == 200 and case.target.endpoint in ANSWERS_WITH_ITS_PAGE
        if case.method == "POST" and done:
            report.done[case.target.endpoint] += 1
        report.slow += seconds > SLOWEST
        if seconds > report.slowest:
            report.slowest, report.slowest_case = seconds, str(case)


@contextmanager
def _uploads_that_were_broken_off() -> Iterator[None]:
    """Werkzeug leaves the file of an upload that it refuses halfway to the garbage collector, which closes it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Unclosed file <tempfile", category=ResourceWarning)
        yield
        gc.collect()  # here, and not in some later test


def hash_of(body: bytes) -> str:
    """Two numbers of a network address that depend on what is sent, so that no one address asks too often."""
    return f"{sum(body) % 250}.{len(body) % 250}"


class _Log(logging.Handler):
    """What the application writes down as failed."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record)[-1500:])

    def taken(self) -> list[str]:
        """What came in since it was asked last."""
        lines, self._lines = self._lines, []
        return lines

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear what is logged, and keep it from being printed."""
        logger = logging.getLogger("tourbook")
        logger.addHandler(self)
        propagates, logger.propagate = logger.propagate, False
        try:
            yield
        finally:
            logger.removeHandler(self)
            logger.propagate = propagates
