"""How g++ makes the modules of a function: one on each processor that the run may use, and linked by gold.

Theano makes one module for each operation and waits for g++ each time, on one processor. Here, as soon as a function
needs a module that the cache lacks, all such modules of the function are begun; Theano then finds each of them made, or
waits for it. What is compiled, and with which flags, is what Theano itself would compile: `_compile_cmodule` below is
that of theano/gof/cc.py, but for the place where g++ runs. gold links a module in 0.02 s of processor time, the other
linker of GNU in 0.06 s, of 0.2 to 0.4 s for a module (AMD EPYC).
"""

import os
import shlex
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

import theano
from theano.gof import cmodule
from theano.gof.cc import CLinker, get_module_cache
from theano.gof.fg import FunctionGraph
from theano.gof.op import Op
from theano.gof.utils import MethodNotDefined
from theano.gof.vm import VM_Linker

GOLD = "-fuse-ld=gold"

_original_make_all = VM_Linker.make_all
_original_compile_cmodule = CLinker.compile_cmodule
_making = []  # linkers of the functions being made, outermost first: those inside scans are made while the outer one is
_waiting = []  # those of them of which no module was begun
_pools = []  # the pool that modules are compiled in, if any
_begun = {}  # name of a module -> (folder that it comes to lie in, future of g++)


def prepare():
    """Changes Theano's linkers, if there is a compiler, and for the first change a second processor for it."""
    if not theano.config.cxx:
        return
    if GOLD not in theano.config.gcc.cxxflags.split() and _has_gold():
        theano.config.gcc.cxxflags += " " + GOLD
    if processors() > 1:
        VM_Linker.make_all = _make_all
        CLinker.compile_cmodule = _compile_cmodule


def _has_gold():
    """Whether the compiler finds it: it then answers with a path."""
    command = shlex.split(theano.config.cxx) + ["-print-prog-name=ld.gold"]
    return os.path.isabs(subprocess.check_output(command, universal_newlines=True).strip())


def processors():
    """Number of processors that this process may use."""
    return len(os.sched_getaffinity(0))


def _make_all(linker, *arguments, **options):
    """As VM_Linker.make_all, with the function's modules compiled beside each other."""
    _making.append(linker)
    _waiting.append(linker)
    try:
        return _original_make_all(linker, *arguments, **options)
    finally:
        _making.pop()
        _waiting[:] = [other for other in _waiting if other is not linker]
        if not _making:
            _end()


def _end():
    """Ends the pool, before anything is timed, and removes what was not asked for after all."""
    for _, future in _begun.values():
        future.cancel()
    while _pools:
        _pools.pop().shutdown()
    while _begun:
        shutil.rmtree(_begun.popitem()[1][0])


def _begin_all():
    """Begins the modules that the functions being made lack, innermost function first."""
    if not _pools:
        _pools.append(ThreadPoolExecutor(processors()))
    while _waiting:
        linker = _waiting.pop()
        for node in linker.schedule(linker.fgraph):
            _begin(node, _pools[-1])


def _begin(node, pool):
    """Begins the module of a node if the cache lacks it."""
    linker = _linker(node)
    if linker is None:
        return
    name, known = _name(linker), get_module_cache().module_hash_to_key_data
    if name not in _begun and cmodule.get_module_hash(linker.get_src_code(), linker.cmodule_key()) not in known:
        folder = tempfile.mkdtemp(prefix="module-", dir=theano.config.base_compiledir)
        _begun[name] = folder, pool.submit(cmodule.GCC_compiler.compile_str, **_task(linker, folder))


def _linker(node):
    """The linker of a node that has C code which the cache lacks, else None; made as Op.make_c_thunk makes it."""
    if type(node.op).make_thunk is not Op.make_thunk:
        return None
    try:
        node.op.prepare_node(node, storage_map=None, compute_map=None, impl="c")
        linker = CLinker().accept(FunctionGraph(node.inputs, node.outputs), no_recycling=[])
        if linker.cmodule_key() in get_module_cache().entry_from_key:
            return None
        linker.get_src_code()  # which gives the module its name
        return linker
    except (NotImplementedError, MethodNotDefined, KeyError):
        return None


def _name(linker):
    """What tells a module from others: the hash of its source, which is its file's name, and flags."""
    return linker.get_dynamic_module().code_hash, tuple(linker.compile_args())


def _task(linker, folder):
    """The arguments of GCC_compiler.compile_str for the linker's module."""
    return {
        "module_name": linker.get_dynamic_module().code_hash,
        "src_code": linker.get_src_code(),
        "location": folder,
        "py_module": False,
        "include_dirs": linker.header_dirs(),
        "lib_dirs": linker.lib_dirs(),
        "libs": linker.libraries(),
        "preargs": linker.compile_args(),
    }


def _compile_cmodule(linker, location=None):
    """As CLinker.compile_cmodule, which takes the module that was begun, if any."""
    name = _name(linker)
    if _waiting and name not in _begun:
        _begin_all()
    if location is None or name not in _begun:
        return _original_compile_cmodule(linker, location)
    folder, future = _begun.pop(name)
    failed = future.exception() is not None
    for file in [] if failed else os.listdir(folder):
        os.rename(os.path.join(folder, file), os.path.join(location, file))
    shutil.rmtree(folder)
    if failed:
        return _original_compile_cmodule(linker, location)  # which reports it
    open(os.path.join(location, "__init__.py"), "w").close()
    return cmodule.dlimport(os.path.join(location, "%s.%s" % (name[0], cmodule.get_lib_extension())))
