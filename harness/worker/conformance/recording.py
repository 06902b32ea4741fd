"""A view of K that notes which of its public functions are called, so that a case tells what it exercises."""

import functools


def public_functions(module):
    """Names of a module's public functions, sorted; its classes and submodules are none."""
    return sorted(
        name
        for name, value in vars(module).items()
        if callable(value) and not isinstance(value, type) and not name.startswith("_")
    )


class Recording(object):
    """Has all that `module` has; a call of a public function adds its name to `called`.

    What the functions call among themselves is not noted: they know nothing of this view.
    """

    def __init__(self, module):
        self.module, self.called = module, set()
        for name in public_functions(module):
            setattr(self, name, self.noting(name, getattr(module, name)))

    def __getattr__(self, name):
        return getattr(self.module, name)

    def noting(self, name, function):
        """The function, its calls noted under the name."""

        @functools.wraps(function)
        def noted(*arguments, **named):
            self.called.add(name)
            return function(*arguments, **named)

        return noted
