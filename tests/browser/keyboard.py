"""A keyboard, and nothing else: no mouse, no focus set by script. Where the focus stops, it must be seen."""

from playwright.sync_api import Page

MANY = 150

WHERE_AND_HOW_SEEN = """(selector) => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return [false, 'is nowhere'];
  const drawn = [focused, ...(focused.labels || [])];
  const ringed = (style) => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)
    || style.boxShadow !== 'none';
  const styles = drawn.flatMap((part) => [undefined, '::before', '::after'].map((of) => getComputedStyle(part, of)));
  const around = (part, levels) => levels && part ? [part, ...around(part.parentElement, levels - 1)] : [];
  const outlined = (part) => getComputedStyle(part).outlineStyle !== 'none';
  if (!styles.some(ringed) && !around(focused.parentElement, 3).some(outlined)) {
    return [false, 'has no outline and no shadow'];
  }
  const box = focused.getClientRects()[0];
  const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  const seen = hit && drawn.some((part) => part.contains(hit) || hit.contains(part));
  return [focused.matches(selector), seen ? '' : 'is hidden or off the screen'];
}"""
FOCUSED = "() => (document.activeElement || document.body).outerHTML.slice(0, 200)"


class Keyboard:
    """Goes through a page as somebody does who cannot use a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def tab_to(self, selector: str, *, backwards: bool = False) -> None:
        """Press Tab (or Shift+Tab) until the focus is there; look at the focus wherever it stops on the way."""
        for _ in range(MANY):
            self.page.keyboard.press("Shift+Tab" if backwards else "Tab")
            if self._is_on(selector):
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
        self._is_on("*")

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

    def _is_on(self, selector: str) -> bool:
        """Is the focus there? Wherever it is, it must be seen."""
        there, fault = self.page.evaluate(WHERE_AND_HOW_SEEN, selector)
        assert not fault, f"the focus {fault} on {self.page.url}: {self._focused()}"
        return bool(there)

    def _focused(self) -> str:
        return str(self.page.evaluate(FOCUSED))
