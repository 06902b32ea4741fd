"""keras.json: the user's defaults for K, in a file that Keras reads too, with the keys of either of its generations.

It is `keras.json` in the folder that KERAS_HOME names, else in `~/.keras`; where none can be made there, in `.keras` in
the folder for temporary files. A missing file is made with the defaults; one that is there is only ever read. Unknown
keys are ignored.
"""

import json
import math
import os
import tempfile

from harness.backends import settings
from harness.backends.settings import SettingError

DEFAULTS = {"floatx": "float32", "epsilon": 1e-07, "backend": "tensorflow", "image_dim_ordering": "tf"}
TEXT = json.dumps(DEFAULTS, indent=4) + "\n"
# Keras 2's names of the image layouts -> Keras 1's
DATA_FORMATS = {"channels_last": "tf", "channels_first": "th"}
REMEDY = "Correct it, or delete the file: it is created again with the defaults."


def load():
    """What keras.json says, made first if it is missing.

    Returns
    -------
    dict          the keys of DEFAULTS; where the file has none, or there can be no file, the default
    str or None   path of the file

    Raises
    ------
    SettingError  the file cannot be read, or has a value that cannot be; `backend` is for its reader to check
    """
    for folder in _folders():
        path = os.path.join(folder, "keras.json")
        _create(path)
        if os.path.exists(path):
            return dict(DEFAULTS, **_checked(_content(path), path)), path
    return dict(DEFAULTS), None


def _folders():
    """Where the file may be, in order."""
    chosen = os.environ.get("KERAS_HOME")
    if chosen:
        return [os.path.expanduser(chosen)]
    temporary = os.path.join(tempfile.gettempdir(), ".keras")
    return _home() + ([temporary] if _is_ours(temporary) else [])


def _home():
    """`.keras` in the user's home; nothing for a user whom the system does not know."""
    try:
        folder = os.path.expanduser(os.path.join("~", ".keras"))
    except KeyError:  # before Python 3.8
        return []
    return [folder] if os.path.isabs(folder) else []


def _is_ours(folder):
    """Whether a folder among everybody's is the user's own, or can become so."""
    return not os.path.lexists(folder) or os.lstat(folder).st_uid == os.getuid()


def _create(path):
    """Writes the defaults, whole or not at all, unless there is a file; no error where nothing can be written."""
    if os.path.lexists(path):
        return
    draft = "%s.%d" % (path, os.getpid())
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        try:
            with open(draft, "x") as file:
                file.write(TEXT)
            os.link(draft, path)  # unlike a renaming never replaces a file that another process has just made
        finally:
            os.remove(draft)
    except OSError:
        pass


def _content(path):
    """The file's object."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            content = json.load(file)
    except (OSError, ValueError) as cause:
        reason = getattr(cause, "strerror", None) or cause
        raise SettingError(
            "%s cannot be read. Expected a JSON object. Received a file with this fault: %s. %s"
            % (path, reason, REMEDY)
        ) from None
    if not isinstance(content, dict):
        raise SettingError("%s: no settings. Expected a JSON object. Received %.200r. %s" % (path, content, REMEDY))
    return content


def _checked(content, path):
    """The settings among a file's keys, by the names of DEFAULTS."""
    found = {}
    if "floatx" in content:
        found["floatx"] = _choice(content, "floatx", settings.FLOATX, path)
    if "epsilon" in content:
        found["epsilon"] = _fuzz(content["epsilon"], path)
    if "backend" in content:
        found["backend"] = content["backend"]
    found.update(_image_layout(content, path))
    return found


def _choice(content, key, allowed, path):
    """The value of `key`, one of `allowed`."""
    if content[key] not in tuple(allowed):
        raise _wrong(path, key, "one of " + ", ".join(allowed), content[key])
    return content[key]


def _fuzz(value, path):
    """Epsilon; an integer is an error, as for Keras: no useful fuzz factor is one."""
    if not isinstance(value, float) or not 0 < value < math.inf:
        raise _wrong(path, "epsilon", "a number above 0 with a decimal point or exponent, such as 1e-07", value)
    return value


def _image_layout(content, path):
    """image_dim_ordering under that name of Keras 1, or as Keras 2's image_data_format."""
    found = []
    if "image_dim_ordering" in content:
        found.append(_choice(content, "image_dim_ordering", settings.DIM_ORDERINGS, path))
    if "image_data_format" in content:
        found.append(DATA_FORMATS[_choice(content, "image_data_format", DATA_FORMATS, path)])
    if len(set(found)) == 2:
        expected = "%r, as image_dim_ordering says, or one of the two keys" % _data_format(found[0])
        raise _wrong(path, "image_data_format", expected, content["image_data_format"])
    return {"image_dim_ordering": found[0]} if found else {}


def _data_format(dim_ordering):
    """Keras 2's name of an image layout."""
    return next(new for new, old in DATA_FORMATS.items() if old == dim_ordering)


def _wrong(path, key, expected, received):
    """The error for a key's value."""
    return SettingError(
        "%s: %s has a value that it cannot have. Expected %s. Received %.200r. %s"
        % (path, key, expected, received, REMEDY)
    )
