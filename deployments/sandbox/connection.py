"""An HTTP connection that a request can cut, so that its answer is lost."""

from asyncio import Transport

from uvicorn.protocols.http.h11_impl import H11Protocol


class Connection(H11Protocol):
    """Uvicorn's own, which gives the application `scope["state"]["cut"]`."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Take note of how to cut the connection."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "cut": transport.abort}
