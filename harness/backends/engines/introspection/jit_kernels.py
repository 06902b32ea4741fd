"""Which instructions a library chose that generates its kernels at run time and does not say for which processor.

oneDNN inside TensorFlow exports no function that tells (ONEDNN_VERBOSE makes it print, at each call), but its kernels
lie in the process's memory, in pages that are executable and belong to no file.
"""

import re

ENOUGH = 100  # a kernel repeats the instruction hundreds of times; other bytes look like it a few times a MiB


def _bytes(accepted):
    """A character class of a regular expression: all bytes that are accepted."""
    return b"[" + b"".join(re.escape(bytes([byte])) for byte in range(256) if accepted(byte)) + b"]"


# Instruction set -> the single precision multiplication of its kernels, as the processor reads it; widest first.
MULTIPLICATIONS = (
    # vfmadd231ps zmm: EVEX with opcode map 2, prefix 66, no W, length 512
    (
        "avx512",
        b"\x62" + _bytes(lambda b: b & 15 == 2) + _bytes(lambda b: b & 0x87 == 5) + _bytes(lambda b: b & 0x60 == 0x40),
        b"\xb8",
    ),
    # vfmadd231ps ymm: VEX with opcode map 2, prefix 66, no W, length 256
    ("avx2", b"\xc4" + _bytes(lambda b: b & 31 == 2) + _bytes(lambda b: b & 0x87 == 5), b"\xb8"),
    # vmulps ymm: short VEX without prefix, length 256
    ("avx", b"\xc5" + _bytes(lambda b: b & 7 == 4), b"\x59"),
    # mulps xmm
    ("sse", b"\x0f", b"\x59"),
)


def instruction_set(memory=None):
    """The widest set that generated code multiplies with, None if there is none, or its memory cannot be read."""
    counts = dict.fromkeys((name for name, _, _ in MULTIPLICATIONS), 0)
    try:
        for code in executable_memory() if memory is None else memory:
            for name, begin, opcode in MULTIPLICATIONS:
                counts[name] += sum(1 for _ in re.finditer(begin + opcode, code, re.DOTALL))
    except OSError:
        return None
    return next((name for name, _, _ in MULTIPLICATIONS if counts[name] >= ENOUGH), None)


def executable_memory():
    """The bytes of each executable mapping of this process that no file stands behind."""
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb") as memory:
        for fields in [line.split() for line in maps]:
            if "x" in fields[1] and len(fields) == 5:
                begin, end = (int(address, 16) for address in fields[0].split("-"))
                memory.seek(begin)
                yield memory.read(end - begin)
