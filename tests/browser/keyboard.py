"""A keyboard, and nothing else: no mouse, no focus set by script. Where the focus stops, it must be seen."""

from playwright.sync_api import Page

MANY = 150

HOW_IT_IS_SEEN = """() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return 'nothing has the focus';
  const drawn = [focused, ...(focused.labels || [])];
  const ringed = (style) => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)
    || style.boxShadow !== 'none';
  const styles = drawn.flatMap((part) => [undefined, '::before', '::after'].map((of) => getComputedStyle(part, of)));
  const around = (part, levels) => levels && part ? [part, ...around(part.parentElement, levels - 1)] : [];
  const outlined = (part) => getComputedStyle(part).outlineStyle !== 'none';
  if (!styles.some(ringed) && !around(focused.parentElement, 3).some(outlined)) return 'has no outline and no shadow';
  const box = focused.getClientRects()[0];
  const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return hit && drawn.some((part) => part.contains(hit) || hit.contains(part)) ? '' : 'is hidden or off the screen';
}"""
FOCUSED = "() => (document.activeElement || document.body).outerHTML.slice(0, 200)"
IS_FOCUSED = "(selector) => document.activeElement?.matches(selector) ?? false"


class Keyboard:
    """Goes through a page as somebody does who cannot use a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.stops = 0

    def tab_to(self, selector: str, *, backwards: bool = False) -> None:
        """Press Tab (or Shift+Tab) until the focus is there; look at the focus wherever it stops on the way."""
        for _ in range(MANY):
            self.page.keyboard.press("Shift+Tab" if backwards else "Tab")
            self._look_at_focus()
            if self.page.evaluate(IS_FOCUSED, selector):
                return
        raise AssertionError(f"{selector} was not reached by Tab on {self.page.url}; the focus is on {self._focused()}")

    def enter(self) -> None:
        """Follow the link, or press the button, and wait for the page behind it."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def space(self) -> None:
        """Tick what has the focus."""
        self.page.keyboard.press("Space")

    def arrow(self, direction: str = "Right") -> None:
        """Go to the next of several choices."""
        self.page.keyboard.press(f"Arrow{direction}")
        self._look_at_focus()

    def arrow_until(self, value: str) -> None:
        """Go down the list that has the focus until it says this."""
        for _ in range(MANY):
            if self.page.evaluate("() => document.activeElement.value") == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the list has no {value}: {self._focused()}")

    def type(self, text: str) -> None:
        """Type into the field that has the focus."""
        self.page.keyboard.type(text)

    def _look_at_focus(self) -> None:
        self.stops += 1
        fault = self.page.evaluate(HOW_IT_IS_SEEN)
        assert not fault, f"the focus {fault} on {self.page.url}: {self._focused()}"

    def _focused(self) -> str:
        return str(self.page.evaluate(FOCUSED))
