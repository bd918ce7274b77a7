"""The flow `calibrate` tells the Prefect UI what it found, and draws each new calibration."""

import json
import os
import subprocess
import sys
from base64 import b64decode
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.e2e.prefect_api import Api
from tests.e2e.processes import ROOT

pytestmark = pytest.mark.e2e

PROGRAM = """
import asyncio, json
from flows.calibrate import calibrate
print(json.dumps(asyncio.run(calibrate(["emulator:garnet"]))))
"""


def artifacts(api: Api) -> dict[str, str]:
    return {artifact["key"]: artifact["data"] for artifact in api.ask("POST", "/artifacts/filter")}


def test_a_new_calibration_is_landed_and_drawn(prefect_api: Api, qrt_home: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | prefect_api.as_client | {"QRT_HOME": str(qrt_home)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert ran.returncode == 0, ran.stderr
    (device,) = json.loads(ran.stdout.strip().splitlines()[-1])["devices"]
    assert (device["target"], device["recalibrated"]) == ("emulator:garnet", True)
    shown = artifacts(prefect_api)
    assert "emulator:garnet: new calibration" in shown["calibrate"]
    picture = shown["device-emulator-garnet"].partition("base64,")[2].partition(")")[0]
    assert ET.fromstring(b64decode(picture)).tag.endswith("svg")  # noqa: S314 - our own text
