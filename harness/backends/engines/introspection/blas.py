"""Which BLAS this process computes with, and with which kernels: asked of the library that is loaded, never assumed.

A description has `library`, `version`, `threads`, `kernels` (as the library calls them), `instruction_set` (of those
kernels, one of INSTRUCTION_SETS) and `offered` (the widest that the processor has); None: unknown.
"""

import ctypes
import re
import sys

# Narrowest first; what comes before AVX is one: every processor of 64 bits has SSE2.
INSTRUCTION_SETS = ("sse", "avx", "avx2", "avx512")
# Flags of /proc/cpuinfo that a set needs: kernels for avx512 use all of these, those for avx2 multiply-adds too.
NEEDED = {
    "avx": ("avx",),
    "avx2": ("avx2", "fma"),
    "avx512": ("avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"),
}
# OpenBLAS's kernels are named after the first processor that they were for; every other x86 name stands for SSE.
OPENBLAS_KERNELS = {
    "avx": ("Sandybridge", "Bulldozer", "Piledriver", "Steamroller", "Excavator"),
    "avx2": ("Haswell", "Zen"),
    "avx512": ("SkylakeX", "Cooperlake", "Sapphirerapids"),
}
# Before and after the names of OpenBLAS's functions: as OpenBLAS builds itself, and as NumPy's wheels do.
OPENBLAS_NAMES = (("", ""), ("", "64_"), ("scipy_", ""), ("scipy_", "64_"))
# By the number that mkl_serv_cpu_detect answers: the name in MKL's own functions (mkl_blas_avx2_sgemm), and its set.
MKL_KERNELS = {
    0: ("def", "sse"),
    2: ("mc", "sse"),
    3: ("mc3", "sse"),
    4: ("avx", "avx"),
    5: ("avx2", "avx2"),
    6: ("avx512_mic", "avx512"),
    7: ("avx512", "avx512"),
}


class _Place(ctypes.Structure):
    """Dl_info of dladdr(3)."""

    _fields_ = [
        ("file", ctypes.c_char_p),
        ("base", ctypes.c_void_p),
        ("symbol", ctypes.c_char_p),
        ("address", ctypes.c_void_p),
    ]


def file_of(library, symbol):
    """The file from which `library`, or what it is linked with, has the function `symbol`; None if it has none."""
    if not hasattr(library, symbol):
        return None
    place = _Place()
    address = ctypes.cast(getattr(library, symbol), ctypes.c_void_p)
    return place.file.decode() if ctypes.CDLL(None).dladdr(address, ctypes.byref(place)) else None


def loaded(name):
    """The file of a library that is in this process, None if there is none whose file name begins so."""
    with open("/proc/self/maps") as maps:
        found = re.search(r"(/.*/%s[^/\n]*)$" % re.escape(name), maps.read(), re.MULTILINE)
    return found and found.group(1)


def file_of_numpy():
    """The library whose products numpy.dot computes with, None if unknown."""
    module = sys.modules.get("numpy._core._multiarray_umath") or sys.modules.get("numpy.core._multiarray_umath")
    library = ctypes.CDLL(module.__file__)
    names = ("%scblas_sgemm%s" % affixes for affixes in OPENBLAS_NAMES)
    return next(filter(None, (file_of(library, name) for name in names)), None)


def describe(path):
    """The description of the BLAS in a file, which this process has loaded."""
    library = ctypes.CDLL(path) if path else None
    openblas = _openblas_functions(library)
    if openblas:
        found = _openblas(openblas)
    elif hasattr(library, "MKL_Get_Version_String"):
        found = _mkl(library)
    else:
        found = description(path and re.sub(r"^.*/", "", path))
    return found


def description(library, version=None, threads=None, kernels=None, instruction_set=None):
    """A description on this processor."""
    return {
        "library": library,
        "version": version,
        "threads": threads,
        "kernels": kernels,
        "instruction_set": instruction_set,
        "offered": offered(processor_flags()),
    }


def limit_threads(path, threads):
    """Gives the BLAS in a file so many threads if it is an OpenBLAS; one of another make reads its own variable."""
    functions = _openblas_functions(ctypes.CDLL(path) if path else None)
    if functions:
        functions("set_num_threads")(int(threads))


def offered(flags):
    """The widest set whose flags a processor has; None if nothing is known of it, or it is no x86."""
    if "sse2" not in flags:
        return None
    return next((name for name in reversed(INSTRUCTION_SETS) if set(NEEDED.get(name, ())) <= set(flags)), None)


def processor_flags():
    """What the kernel says that the processor can do."""
    with open("/proc/cpuinfo") as cpuinfo:
        found = re.search(r"^flags\s*:(.*)$", cpuinfo.read(), re.MULTILINE)
    return found.group(1).split() if found else []


def openblas_instruction_set(kernels):
    """What OpenBLAS's kernels of a name use; None for those of processors that are no x86."""
    if offered(processor_flags()) is None:
        return None
    return next((name for name, cores in OPENBLAS_KERNELS.items() if kernels in cores), "sse")


def _openblas_functions(library):
    """A function of OpenBLAS by the end of its name, e.g. get_config; None if the library is no OpenBLAS."""
    for before, after in OPENBLAS_NAMES:
        if hasattr(library, "%sopenblas_get_config%s" % (before, after)):
            return lambda name: getattr(library, "%sopenblas_%s%s" % (before, name, after))
    return None


def _openblas(functions):
    for name in ("get_config", "get_corename"):
        functions(name).restype = ctypes.c_char_p
    version = re.search(r"OpenBLAS (\S+)", functions("get_config")().decode("ascii"))
    kernels = functions("get_corename")().decode("ascii")
    threads = functions("get_num_threads")()
    return description("OpenBLAS", version and version.group(1), threads, kernels, openblas_instruction_set(kernels))


def _mkl(library):
    text = ctypes.create_string_buffer(200)
    library.MKL_Get_Version_String(text, len(text))
    version = re.search(r"Version (\S+)", text.value.decode("ascii", "replace"))
    detected = library.mkl_serv_cpu_detect() if hasattr(library, "mkl_serv_cpu_detect") else None
    kernels, instruction_set = MKL_KERNELS.get(detected, (None, None))
    threads = library.MKL_Get_Max_Threads()
    return description("Intel MKL", version and version.group(1), threads, kernels, instruction_set)
