"""Keys under which Theano 1.0.5 finds compiled modules again. Without `repair`, six are compiled in every process.

Its key holds a version for each operation. Two mistakes of theano/gof make versions useless:

- cc.py, cmodule_key_ takes `__props__` for a part of the version, and an empty part for "has no version, keep nothing";
  an operation without properties (Dot22, SoftmaxWithBias, ...) has an empty one.
- op.py, COp.c_code_cache_version hashes strings, which Python salts anew in each process (DimShuffle).

Not needed by a Theano that has neither; none was released.
"""

import hashlib

from theano.gof import cmodule
from theano.gof.op import COp, Op


class _NoProperties(tuple):
    """() that counts as something. It is pickled as (), so that a key can be read without this module."""

    def __bool__(self):
        return True

    def __reduce__(self):
        return tuple, ()


def repair():
    """Gives operations versions that hold from one process to the next."""
    COp.c_code_cache_version = _version
    for operation in _subclasses(Op):
        if operation.__dict__.get("__props__") == ():
            operation.__props__ = _NoProperties()


def compiled():
    """Number of modules that this process had to compile."""
    return cmodule.get_module_cache(cmodule.config.compiledir).stats[2]


def _version(operation):
    """As COp's, from a digest that is the same in every process."""
    version = (hashlib.sha256("".join(operation.func_codes).encode("utf-8")).hexdigest(),)
    return version + (operation.params_type.c_code_cache_version(),) if hasattr(operation, "params_type") else version


def _subclasses(parent):
    """All classes below one."""
    for child in parent.__subclasses__():
        yield child
        for descendant in _subclasses(child):
            yield descendant
