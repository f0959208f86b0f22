"""Where freed memory goes. What is set stays set for a process, so each test has one of its own."""

from __future__ import annotations

import sys

import pytest

from tests.conftest import printed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator")


def test_the_memory_of_pictures_is_used_again_even_as_dask_sets_the_allocator() -> None:
    code = """
import resource
import numpy as np
from hinge_vision.memory import keep_freed_memory
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(50):
        np.full(6_000_000, 1, np.uint8)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
faults()
before = faults()
keep_freed_memory()
faults()
print(before, faults())
"""
    before, after = map(int, printed(code, MALLOC_TRIM_THRESHOLD_="65536"))
    assert before > 10_000
    assert after < 1_000


@pytest.mark.parametrize("keep", [False, True])
def test_freed_memory_goes_back_to_the_system_unless_this_process_keeps_it(keep: bool) -> None:
    code = f"""
import os
from pathlib import Path
import numpy as np
from hinge_vision.memory import give_back_freed_memory, keep_freed_memory
def in_use_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
if {keep}:
    keep_freed_memory()
pieces = [np.ones(10_000) for _ in range(2000)]
last = np.ones(10_000)  # what lies above the freed pieces, so that they do not go by themselves
del pieces
before = in_use_mb()
give_back_freed_memory()
print(before - in_use_mb())
"""
    (given_back_mb,) = map(int, printed(code))
    assert (given_back_mb < 10) if keep else (given_back_mb > 100)
