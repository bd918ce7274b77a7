"""A place in a list of tokens, which moves on as they are taken."""

from tasks.core.qasm.tokens import Kind, Source, Token, shown, tokens
from tasks.errors import BadInput


class Cursor:
    """Reads the tokens of a text one after the other; `version` is the language's, 2 or 3."""

    def __init__(self, source: Source, *, version: int = 3) -> None:
        self.version = version
        self._source = source
        self._tokens = list(tokens(source))
        self._next = 0

    @property
    def token(self) -> Token:
        """The token that comes next."""
        return self._tokens[self._next]

    def take(self) -> Token:
        """Return the next token and move past it; the end stays the end."""
        token = self._tokens[self._next]
        if token.kind != "end":
            self._next += 1
        return token

    def accept(self, text: str) -> bool:
        """Move past the next token if it is this symbol or word."""
        token = self.token
        found = token.text == text and token.kind in ("symbol", "name")
        self._next += int(found)
        return found

    def expect(self, text: str) -> Token:
        """Take this symbol.

        Raises:
            BadInput: something else comes next; the place is the end of what comes before it.
        """
        token = self.token
        if not self.accept(text):
            before = self._tokens[self._next - 1] if self._next else token
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
        return self._source.fault(self.token.at if at is None else at, what)
