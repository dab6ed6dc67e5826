"""All rules of SigmaHQ for Windows over EVTX files, beside merely decoding them to JSON.

    python benchmarks/sigma_evtx.py [MEGABYTES]

The files are those of evtx-attack-samples (TOCSIN_DATA), once, and as one stream: their chunks over and over, up to a
size. Each round is a fresh process that decodes the files to JSON (`evtx`, one thread) and runs the worker of
`tocsin detect` on their blocks, in CPU time of one process. What is told is the median of the rounds.
"""

import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from _worker import Worker
from evtx import PyEvtxParser

ROOT = Path(__file__).resolve().parent.parent
NOT_HERE = 77
ROUNDS = 5
HEADER = 4096


def main() -> int:
    """Print the figures, or do one round when told so by the parent."""
    data = Path(os.environ.get("TOCSIN_DATA", ROOT.parent / "shared" / "data"))
    if sys.argv[1:2] == ["--round"]:
        print(json.dumps(one_round(data, Path(sys.argv[2]))))
        return 0
    files = sorted((data / "evtx-attack-samples").rglob("*.evtx"))
    if not files:
        print("no EVTX files (TOCSIN_DATA)")
        return NOT_HERE
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        stream = Path(folder) / "long.evtx"
        repeat(files, stream, size * 1_000_000)
        rounds = [
            json.loads(subprocess.run([sys.executable, __file__, "--round", stream], check=True, stdout=-1).stdout)
            for _ in range(ROUNDS)
        ]
    print(f"{len(files)} files, and {size} MB of their chunks; {ROUNDS} rounds")
    for key in rounds[0]:
        print(f"{key:60}{median(one[key] for one in rounds):10,.2f}")
    return 0


def repeat(files: list[Path], to: Path, size: int) -> None:
    """Write the chunks of all files over and over behind one header."""
    chunks = b"".join(file.read_bytes()[HEADER:] for file in files)
    with to.open("wb") as out:
        written = out.write(files[0].read_bytes()[:HEADER])
        while written < size:
            written += out.write(chunks)


def one_round(data: Path, stream: Path) -> dict[str, float]:
    """Return what this process measures."""
    files = sorted((data / "evtx-attack-samples").rglob("*.evtx"))
    plain = decoding([file.read_bytes() for file in files])
    worker = Worker([data / "sigma"])
    fresh = worker.seconds(worker.jobs(*files))
    jobs = worker.jobs(stream)
    long = worker.seconds(jobs)
    whole = stream.read_bytes()
    return {
        "decoding the files, CPU seconds": plain,
        "loading rules and parsers, CPU seconds": worker.loading,
        "the files: worker, CPU seconds more than decoding": fresh - plain,
        "the stream: worker, times decoding": long / decoding_chunks(whole),
        "peak memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def decoding(files: list[bytes]) -> float:
    """Return the CPU time for decoding files to JSON."""
    start = time.process_time()
    for raw in files:
        for _ in PyEvtxParser(io.BytesIO(raw), 1).records_json():
            pass
    return time.process_time() - start


def decoding_chunks(raw: bytes) -> float:
    """Return the CPU time for decoding chunks to JSON, each by itself: their numbers start anew with each file."""
    start = time.process_time()
    for at in range(HEADER, len(raw), 65536):
        try:
            for _ in PyEvtxParser(io.BytesIO(raw[:HEADER] + raw[at : at + 65536]), 1).records_json():
                pass
        except RuntimeError:
            continue
    return time.process_time() - start


if __name__ == "__main__":
    sys.exit(main())
