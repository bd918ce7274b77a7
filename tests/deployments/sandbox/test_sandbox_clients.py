"""Unmodified clients work against a sandbox in a process of its own; nothing leaves the machine."""

import asyncio
import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sandbox_calls import BELL, BUCKET, CEPHEUS, FORTE, GARNET, SV1, program

from tests.e2e.sandbox_process import Sandbox, free_port

pytestmark = [
    pytest.mark.long,
    pytest.mark.e2e,
    pytest.mark.filterwarnings("ignore"),  # the clients' own
]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    found = Sandbox(tmp_path / "sandbox")
    point_clients_at(found, monkeypatch)
    found.start()
    yield found
    found.end()


def point_clients_at(server: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def reached(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Return the hosts that this process connects to, and fail when one is not this machine."""
    hosts = set[str]()
    connect = socket.socket.connect

    def noted(self: socket.socket, address: Any) -> None:
        hosts.add(address[0] if isinstance(address, tuple) else str(address))
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", noted)
    yield hosts
    assert hosts <= {"127.0.0.1", "localhost", "::1"}


@pytest.fixture(autouse=True)
def loop() -> Iterator[None]:
    """Give Braket's tasks an event loop and close it: the one that they make is left open."""
    made = asyncio.new_event_loop()
    asyncio.set_event_loop(made)
    yield
    asyncio.set_event_loop(None)
    made.close()


def client(name: str = "braket", region: str = "us-east-1") -> Any:
    import boto3

    return boto3.session.Session().client(name, region_name=region)


def members(token: str, **more: Any) -> dict[str, Any]:
    return {
        "clientToken": token,
        "deviceArn": FORTE,
        "shots": 100,
        "outputS3Bucket": BUCKET,
        "outputS3KeyPrefix": "tasks",
        "action": json.dumps(program(BELL)),
    } | more


def wait(server: Sandbox, tasks: int) -> dict[str, Any]:
    for _ in range(200):
        if (bill := server.ask("bill"))["tasks"] >= tasks:
            return bill
        time.sleep(0.1)
    message = f"{tasks} tasks were not charged in time"
    raise TimeoutError(message)


def test_the_sdk_finds_devices_runs_circuits_and_reads_results(
    server: Sandbox, reached: set[str]
) -> None:
    from braket.aws import AwsDevice, AwsQuantumTask
    from braket.circuits import Circuit, Observable

    names = {device.name for device in AwsDevice.get_devices()}
    assert {"SV1", "DM1", "Garnet", "Emerald", "Cepheus-1-108Q", "Forte-Enterprise-1"} == names
    bell = Circuit().h(0).cnot(0, 1)
    for arn in (SV1, GARNET, FORTE, CEPHEUS):
        device = AwsDevice(arn)
        assert device.is_available or device.status == "ONLINE"
        task = device.run(bell, shots=100, poll_interval_seconds=0.05, tags={"team": "a"})
        counts = task.result().measurement_counts
        assert counts["00"] + counts["11"] >= 80
        again = AwsQuantumTask(task.id)
        assert (again.state(), again.metadata()["tags"]) == ("COMPLETED", {"team": "a"})
        assert again.queue_position().queue_position is None
    exact = AwsDevice(SV1).run(
        Circuit().h(0).expectation(Observable.X(), 0).state_vector(), shots=0,
        poll_interval_seconds=0.05,
    ).result()  # fmt: skip
    assert exact.values[0] == pytest.approx(1.0)
    assert server.ask("bill")["devices"][FORTE]["usd"] == pytest.approx(8.30)
    assert reached == {"127.0.0.1"}


def test_the_sdk_runs_program_sets_with_parameters_and_observables(server: Sandbox) -> None:
    from braket.aws import AwsDevice
    from braket.circuits import Circuit, FreeParameter
    from braket.circuits.observables import Z
    from braket.program_sets import CircuitBinding, ProgramSet

    circuit = Circuit().rx(0, FreeParameter("theta")).cnot(0, 1)
    angles = {"theta": [0.0, 3.141592653589793]}
    binding = CircuitBinding(circuit, input_sets=angles, observables=[Z(0) @ Z(1), Z(1)])
    programs = ProgramSet([binding], shots_per_executable=200)
    task = AwsDevice(GARNET).run(programs, poll_interval_seconds=0.05)
    found = [entry.expectation for entry in task.result().entries[0].entries]
    assert [round(value) for value in found] == [1, 1, 1, -1]
    assert wait(server, 1)["usd"] == pytest.approx(0.30 + 800 * 0.00145)


def test_the_sdk_cancels_a_queued_task(server: Sandbox) -> None:
    from braket.aws import AwsDevice
    from braket.circuits import Circuit

    device = AwsDevice(FORTE)
    fault = {"kind": "late", "delay_s": 3600.0}
    server.ask("faults", method="POST", body=fault)
    task = device.run(Circuit().h(0), shots=100)
    assert task.state() == "QUEUED"
    assert task.queue_position().queue_position == "1"
    assert device.queue_depth().quantum_tasks
    task.cancel()
    assert task.state() == "CANCELLED"
    assert server.ask("bill")["tasks"] == 0


def test_qiskit_runs_through_its_braket_provider(server: Sandbox) -> None:
    from qiskit import QuantumCircuit
    from qiskit_braket_provider import BraketProvider

    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    for name in ("SV1", "Garnet"):
        counts = BraketProvider().get_backend(name).run(circuit, shots=100).result().get_counts()
        assert counts.get("00", 0) + counts.get("11", 0) >= 80
    assert server.ask("bill")["tasks"] == 2


def test_a_killed_server_goes_on_with_what_was_queued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Sandbox(tmp_path / "sandbox", ("--service-time", "1.5"))
    point_clients_at(server, monkeypatch)
    server.start()
    client("s3").create_bucket(Bucket=BUCKET)
    braket = client()
    arns = [braket.create_quantum_task(**members(f"t{i}"))["quantumTaskArn"] for i in range(4)]
    wait(server, 1)
    server.end(signal.SIGKILL)
    server.start()
    again = [braket.create_quantum_task(**members(f"t{i}"))["quantumTaskArn"] for i in range(4)]
    assert again == arns
    bill = wait(server, 4)
    assert (bill["tasks"], bill["shots"], bill["usd"]) == (4, 400, pytest.approx(4 * 8.30))
    states = {braket.get_quantum_task(quantumTaskArn=arn)["status"] for arn in arns}
    assert states == {"COMPLETED"}
    server.end()


def test_a_lost_answer_is_asked_for_again_by_boto3_and_buys_one_task(server: Sandbox) -> None:
    client("s3").create_bucket(Bucket=BUCKET)
    body = {"kind": "drop", "operation": "CreateQuantumTask", "next": 1}
    server.ask("faults", method="POST", body=body)
    answer = client().create_quantum_task(**members("token"))
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1
    assert wait(server, 1)["tasks"] == 1
    assert server.ask("calls")["CreateQuantumTask"]["total"] == 2
    found = client().search_quantum_tasks(filters=[])["quantumTasks"]
    assert [task["quantumTaskArn"] for task in found] == [answer["quantumTaskArn"]]


def test_boto3_raises_the_exceptions_of_the_service(server: Sandbox) -> None:
    client("s3").create_bucket(Bucket=BUCKET)
    braket = client()
    braket.create_quantum_task(**members("token"))
    with pytest.raises(braket.exceptions.ConflictException):
        braket.create_quantum_task(**members("token", shots=200))
    with pytest.raises(braket.exceptions.ResourceNotFoundException):
        braket.get_quantum_task(quantumTaskArn="arn:aws:braket:none")
    server.ask("faults", method="POST", body={"kind": "offline", "device": FORTE})
    with pytest.raises(braket.exceptions.DeviceOfflineException):
        braket.create_quantum_task(**members("other"))


def test_boto3_stores_and_finds_objects(server: Sandbox) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET)
    for key in ("a/1", "a/2", "b c/ü"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix="a/")["Contents"]
    assert [entry["Key"] for entry in listed] == ["a/1", "a/2"]
    assert s3.get_object(Bucket=BUCKET, Key="b c/ü")["Body"].read() == "b c/ü".encode()
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket=BUCKET, Key="none")
    assert client("sts").get_caller_identity()["Account"] == "000000000000"
    assert server.ask("calls")["PutObject"]["total"] == 3


def answer(server: Sandbox, path: str, **headers: str) -> int:
    """Return the status of a POST as a page sends it without asking first."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{path}",
        data=b'{"kind": "offline", "device": "x"}',
        headers={"Content-Type": "text/plain", **headers},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as found:  # noqa: S310 - the same
            return int(found.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_pages_of_others_and_names_of_others_are_refused(server: Sandbox) -> None:
    own = f"127.0.0.1:{server.port}"
    for origin in ("http://evil.example", "null", "http://127.0.0.1:1"):
        for path in ("/sandbox/faults", "/quantum-task"):
            assert answer(server, path, Origin=origin) == 403
    for host in ("evil.example", f"evil.example:{server.port}", "127.0.0.1:1"):
        assert answer(server, "/sandbox/faults", Host=host) == 421
    assert server.ask("faults")["faults"] == []
    assert answer(server, "/sandbox/faults", Origin=f"http://{own}") < 403


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_a_client_may_use_either_name_of_this_machine(
    server: Sandbox, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{name}:{server.port}")
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"b")
    assert s3.get_object(Bucket=BUCKET, Key="a")["Body"].read() == b"b"
    assert client().search_devices(filters=[])["devices"]


def test_two_sandboxes_do_not_share_a_folder_nor_a_port(server: Sandbox, tmp_path: Path) -> None:
    from deployments.sandbox.server import serve
    from deployments.sandbox.settings import Settings
    from tasks.errors import BadInput

    with pytest.raises(BadInput, match="Another sandbox works in"):
        serve(Settings(server.folder), host="127.0.0.1", port=free_port())
    with pytest.raises(BadInput, match="cannot be used"):
        serve(Settings(tmp_path / "other"), host="127.0.0.1", port=server.port)
