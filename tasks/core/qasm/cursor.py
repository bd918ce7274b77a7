"""A place in a list of tokens, which moves on as they are taken."""

from tasks.core.qasm.tokens import Kind, Source, Token, shown, tokens
from tasks.errors import BadInput


class Cursor:
    """Reads the tokens of a text one after the other; `version` is the language's, 2 or 3."""

    def __init__(self, source: Source, *, version: int = 3) -> None:
        self.version = version
        self.source = source
        self._tokens = tokens(source)
        self.token = next(self._tokens)  # the one that comes next
        self._before = self.token

    def take(self) -> Token:
        """Return the next token and move past it; the end stays the end."""
        token = self.token
        if token.kind != "end":
            self._before = token
            self.token = next(self._tokens)
        return token

    def accept(self, text: str) -> bool:
        """Move past the next token if it is this symbol or word."""
        token = self.token
        if token.text != text or token.kind not in ("symbol", "name"):
            return False
        self._before = token
        self.token = next(self._tokens)
        return True

    def expect(self, text: str) -> Token:
        """Take this symbol.

        Raises:
            BadInput: something else comes next; the place is the end of what comes before it.
        """
        token = self.token
        if not self.accept(text):
            before = self._before
            found = shown(token.text) if token.text else "the end of the text"
            what = f"{text!r} is missing here, before {found}."
            raise self.fault(what, at=before.at + len(before.text))
        return token

    def expect_kind(self, kind: Kind, *, what: str) -> Token:
        """Take a token of this kind; `what` names it in the message.

        Raises:
            BadInput: something else comes next.
        """
        token = self.token
        if token.kind != kind:
            found = shown(token.text) if token.text else "the end of the text"
            missing = f"{what} must stand here, not {found}."
            raise self.fault(missing)
        return self.take()

    def fault(self, what: str, *, at: int | None = None) -> BadInput:
        """Return the message for the next token, or for another place."""
        return self.source.fault(self.token.at if at is None else at, what)
