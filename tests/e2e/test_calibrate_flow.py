"""The flow `calibrate` tells the Prefect UI what it found, and draws each new calibration."""

import json
import os
import subprocess
import sys
import urllib.request
from base64 import b64decode
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.e2e.processes import ROOT

pytestmark = pytest.mark.e2e

PROGRAM = """
import asyncio, json
from flows.calibrate import calibrate
print(json.dumps(asyncio.run(calibrate(["emulator:garnet"]))))
"""


def artifacts(url: str) -> dict[str, str]:
    request = urllib.request.Request(  # noqa: S310 - loopback
        f"{url}/artifacts/filter", b"{}", {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - loopback
        found: list[dict[str, Any]] = json.loads(answer.read())
    return {artifact["key"]: artifact["data"] for artifact in found}


def test_a_new_calibration_is_landed_and_drawn(prefect_url: str, qrt_home: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | {"PREFECT_API_URL": prefect_url, "QRT_HOME": str(qrt_home)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert ran.returncode == 0, ran.stderr
    (device,) = json.loads(ran.stdout.strip().splitlines()[-1])["devices"]
    assert (device["target"], device["recalibrated"]) == ("emulator:garnet", True)
    shown = artifacts(prefect_url)
    assert "emulator:garnet: new calibration" in shown["calibrate"]
    picture = shown["device-emulator-garnet"].partition("base64,")[2].partition(")")[0]
    assert ET.fromstring(b64decode(picture)).tag.endswith("svg")  # noqa: S314 - our own text
