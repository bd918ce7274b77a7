"""What a run asks of its device beside its circuits, read from the run's own parameters."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import Final

from datasets.records.devices import DeviceSnapshot, Prices
from datasets.records.options import DeviceOptions
from datasets.records.runs import Run
from tasks.backends.targets import is_bought, target_of
from tasks.core.identity import canonical
from tasks.errors import BadInput
from tasks.requests.of_run import request_of
from tasks.requests.run import RunRequest

MAX_TAGS: Final = 48  # of the 50 that a resource of AWS takes, two are ours
# Fewest shots of a debiased task: docs.aws.amazon.com/braket, Error mitigation on IonQ devices.
_DEBIAS_ON_DEMAND: Final = 2500
_DEBIAS_RESERVED: Final = 500
_RESERVED: Final = Prices(Decimal(0), Decimal(0), Decimal(0), 0)
_HONOURED: Final = {"ionq"}  # vendors whose devices read device parameters
_RESERVATION: Final = re.compile(r"arn:aws[a-z-]*:braket:([a-z0-9-]+):\d{12}:reservation/[\w-]+")
_TAG: Final = re.compile(r"[\w .:/=+\-@]*")


def options_of(run: Run) -> DeviceOptions:
    """Return the device options of a run; flows that have none offer none."""
    return options_in(request_of(run))


def options_in(request: RunRequest) -> DeviceOptions:
    """Return the device options of a request."""
    return DeviceOptions(
        reservation=request.reservation,
        debias=request.debias,
        parameters=request.device_parameters,
        tags=request.tags,
    )


def written(options: DeviceOptions) -> str:
    """Return the canonical JSON that executions carry; nothing where nothing was asked for."""
    return "" if options == DeviceOptions() else canonical(options).decode()


def outcomes_of(options: DeviceOptions) -> str:
    """Return what the device is to do to the outcomes, as canonical JSON, or nothing."""
    return canonical(options.outcomes).decode() if options.outcomes else ""


def outcomes_in(text: str) -> str:
    """Return the same of the options that an execution carries."""
    return outcomes_of(DeviceOptions(**json.loads(text))) if text else ""


def mixes_calibrations(run: Run) -> bool:
    """Whether one result of the run may be made of executions under several calibrations."""
    return request_of(run).mix_calibrations


def applied(options: DeviceOptions, snapshot: DeviceSnapshot) -> DeviceSnapshot:
    """Return the device as a run with these options can use it, at what its tasks then cost."""
    limits = snapshot.limits
    if options.single_circuits:
        limits = replace(limits, program_set_executables=None, program_set_shots=None)
    if options.debias:
        least = _DEBIAS_RESERVED if options.reservation else _DEBIAS_ON_DEMAND
        limits = replace(limits, shots_min=max(limits.shots_min, least))
    prices = _RESERVED if options.reservation else snapshot.prices
    return replace(snapshot, limits=limits, prices=prices)


def check_options(options: DeviceOptions, *, target: str) -> None:
    """Refuse what the target would refuse, or drop without a word.

    Raises:
        BadInput: the option, and what to do.
    """
    if is_bought(target):
        target_of(target).provider.check(target)
    named = [
        name
        for name, given in (
            ("--reservation", options.reservation),
            ("--debias", options.debias),
            ("--device-parameters", options.parameters),
            ("--tag", options.tags),
        )
        if given
    ]
    if named and not is_bought(target):
        message = f"{named[0]} is for Braket devices; {target} runs on this machine. Leave it out."
        raise BadInput(message)
    if options.reservation:
        _check_reservation(options.reservation, target=target)
    if options.single_circuits and target_of(target).vendor not in _HONOURED:
        option = "--debias" if options.debias else "--device-parameters"
        message = f"{option} is honoured by IonQ's devices alone; others drop it. Leave it out."
        raise BadInput(message)
    check_tags(options, target=target)


def check_tags(options: DeviceOptions, *, target: str) -> None:
    """Refuse tags that a task would not take.

    Raises:
        BadInput: the tag, and what to do.
    """
    if options.tags and not is_bought(target):
        message = f"--tag is for Braket devices; {target} runs on this machine. Leave it out."
        raise BadInput(message)
    for key, value in options.tags.items():
        _check_tag(key, value)
    if len(options.tags) > MAX_TAGS:
        message = f"{len(options.tags)} tags are too many: a task takes {MAX_TAGS} beside our own."
        raise BadInput(message)


def _check_reservation(reservation: str, *, target: str) -> None:
    found = _RESERVATION.fullmatch(reservation)
    if found is None:
        message = (
            f"--reservation {reservation!r:.120} is not a reservation's ARN, such as "
            "arn:aws:braket:eu-north-1:123456789012:reservation/0a1b2c3d."
        )
        raise BadInput(message)
    if target_of(target).is_simulator:
        message = "--reservation is for machines; simulators cannot be reserved. Leave it out."
        raise BadInput(message)
    if f":braket:{found[1]}:" not in target:
        message = (
            f"--reservation is in {found[1]}, and {target} is not. Give the ARN of a reservation "
            "of that device."
        )
        raise BadInput(message)


def _check_tag(key: str, value: str) -> None:
    for text, most in ((key, 128), (value, 256)):
        if len(text) > most or not _TAG.fullmatch(text):
            message = (
                f"--tag {f'{key}={value}'!r:.80}: {text!r:.60} is not a tag's text: at most {most} "
                "letters, digits, spaces and _.:/=+-@."
            )
            raise BadInput(message)
    if not key:
        message = f"--tag ={value:.40}: a tag needs a name. Write --tag team=chemistry."
        raise BadInput(message)
    if key.lower().startswith(("aws:", "qrt:")):
        message = f"--tag {key:.60}: names that begin with aws: or qrt: are taken. Choose another."
        raise BadInput(message)
