"""Talk to a sandbox without a network: requests in, answers out."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from deployments.sandbox import dispatch
from deployments.sandbox.service_model import operations
from deployments.sandbox.state import State
from deployments.sandbox.wire import Answer, Request

BUCKET = "amazon-braket-sandbox"
SV1 = "arn:aws:braket:::device/quantum-simulator/amazon/sv1"
DM1 = "arn:aws:braket:::device/quantum-simulator/amazon/dm1"
GARNET = "arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet"
FORTE = "arn:aws:braket:us-east-1::device/qpu/ionq/Forte-Enterprise-1"
CEPHEUS = "arn:aws:braket:us-west-1::device/qpu/rigetti/Cepheus-1-108Q"
REGIONS = {GARNET: "eu-north-1", CEPHEUS: "us-west-1"}
BELL = (
    "OPENQASM 3.0;\nbit[2] b;\nqubit[2] q;\nh q[0];\ncnot q[0], q[1];\n"
    "b[0] = measure q[0];\nb[1] = measure q[1];"
)
# prx turns both qubits up to the equator, cz entangles them, prx brings one down: a Bell pair.
VERBATIM_BELL = (
    "OPENQASM 3.0;\nbit[2] b;\n#pragma braket verbatim\nbox{\n"
    "prx(1.5707963267948966, 1.5707963267948966) $1;\n"
    "prx(1.5707963267948966, 1.5707963267948966) $2;\ncz $1, $2;\n"
    "prx(-1.5707963267948966, 1.5707963267948966) $2;\n}\n"
    "b[0] = measure $1;\nb[1] = measure $2;"
)


def program(source: str = BELL, **inputs: float) -> dict[str, Any]:
    """Return a program as an action."""
    header = {"name": "braket.ir.openqasm.program", "version": "1"}
    return {"braketSchemaHeader": header, "source": source, "inputs": inputs}


def program_set(*programs: Mapping[str, Any]) -> dict[str, Any]:
    """Return a program set as an action."""
    header = {"name": "braket.ir.openqasm.program_set", "version": "1"}
    return {"braketSchemaHeader": header, "programs": list(programs)}


@dataclass(frozen=True, slots=True)
class Caller:
    """A client of a sandbox in one region, with one access key."""

    state: State
    region: str = "us-east-1"
    access_key: str = "sandbox"

    def send(
        self,
        service: str,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        query: Mapping[str, tuple[str, ...]] | None = None,
        **headers: str,
    ) -> Answer:
        """Send a signed request."""
        scope = f"{self.access_key}/20261122/{self.region}/{service}/aws4_request"
        signed = {"authorization": f"AWS4-HMAC-SHA256 Credential={scope}, Signature=none"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(method, path, query or {}, signed | named, body)
        return dispatch.answer(self.state, request)

    def call(self, name: str, **members: Any) -> Answer:
        """Call an operation of Braket by its name."""
        operation = next(found for found in operations() if found.name == name)
        path, query, body = operation.path.pattern.replace("\\", ""), {}, {}
        for member, value in members.items():
            stated = operation.takes["members"].get(member, {})
            if stated.get("location") == "uri":
                path = path.replace(f"(?P<{member}>[^/]+)", quote(str(value), safe=""))
            elif stated.get("location") == "querystring":
                query[stated["locationName"]] = tuple(value)
            else:
                body[member] = value
        encoded = json.dumps(body).encode() if body else b""
        return self.send("braket", operation.method, path, body=encoded, query=query)

    def create(self, device: str = FORTE, *, action: Any = None, **members: Any) -> Answer:
        """Create a task: a Bell pair of 100 shots with a token of its own unless said otherwise."""
        stated = {
            "clientToken": uuid.uuid4().hex,
            "deviceArn": device,
            "shots": 100,
            "outputS3Bucket": BUCKET,
            "outputS3KeyPrefix": "tasks",
            "action": json.dumps(action or program()),
        }
        return self.call("CreateQuantumTask", **(stated | members))


def content(answer: Answer) -> dict[str, Any]:
    """Return the JSON object of an answer."""
    found: dict[str, Any] = json.loads(answer.body)
    return found


def code(answer: Answer) -> str:
    """Return the error code of an answer, empty for a success."""
    return answer.headers.get("x-amzn-errortype", "")
