"""Buy the circuits with the Braket SDK's AwsQuantumTaskBatch, as its documentation shows it.

Usage: python -m benchmarks.once.sdk_batch NUMBER [POLL_TIMEOUT_S]
It has no memory: started again it buys everything again. Prints how many circuits have a result.
"""

import sys

from benchmarks.once.circuits import ARN, SHOTS, sources


def main() -> int:
    """Run the batch and count what came back."""
    from braket.aws import AwsDevice
    from braket.ir.openqasm import Program

    programs = [Program(source=source) for source in sources(int(sys.argv[1]))]
    more = {"poll_timeout_seconds": float(sys.argv[2])} if sys.argv[2:] else {}
    batch = AwsDevice(ARN).run_batch(programs, shots=SHOTS, **more)
    results = batch.results()
    sys.stdout.write(f"{sum(result is not None for result in results)} circuits have a result\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
