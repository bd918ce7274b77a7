"""A sweep whose lake is a bucket gives the same answers as one in a folder."""

from pathlib import Path

import pytest

from tests.datasets.lake.loopback_s3 import LoopbackS3
from tests.e2e.conftest import Command

pytestmark = pytest.mark.e2e

FOUND = "SELECT point, observable, value, stderr, shots FROM estimates ORDER BY ALL"
CIRCUIT = """OPENQASM 3.0;
input float theta;
qubit[1] q;
ry(theta) q[0];
"""


def test_a_lake_in_a_bucket_answers_like_one_in_a_folder(
    bucket: LoopbackS3, qrt: Command, tmp_path: Path
) -> None:
    circuit = tmp_path / "one.qasm"
    circuit.write_text(CIRCUIT)
    asked = ("sweep", "--circuit", str(circuit), "--points", "theta=0:3:40", "--json")
    there = {
        "QRT_HOME": str(tmp_path / "other"),
        "QRT_LAKE": f"s3://bucket/lake?endpoint_override={bucket.url.removeprefix('http://')}"
        "&scheme=http&region=eu-north-1",
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
    }
    here = qrt(*asked)
    assert here.code == 0, here.err
    away = qrt(*asked, **there)
    assert away.code == 0, away.err
    assert away.answer["observables"] == here.answer["observables"]
    assert qrt("query", FOUND, "--json", **there).answer == qrt("query", FOUND, "--json").answer
    assert qrt("verify", **there).code == 0
    assert any(name.startswith("bucket/lake/estimates/") for name in bucket.objects)
    assert not (tmp_path / "other" / "lake").exists()
