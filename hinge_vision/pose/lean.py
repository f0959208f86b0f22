"""Loading MediaPipe without matplotlib, which its drawing helpers ask for and nothing here uses: half of the loading time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

_PACKAGE, _PART = "matplotlib", "pyplot"


class _Later(ModuleType):
    """Stands for a module that is imported when something in it is first looked up."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # the import system's own questions
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


@contextmanager
def without_plotting() -> Iterator[None]:
    """Let `import matplotlib.pyplot` in the block cost nothing: whoever really uses it later gets the real one then.

    Nothing is done where matplotlib is loaded already.
    """
    if _PACKAGE in sys.modules:
        yield
        return
    package, part = _Later(_PACKAGE), _Later(f"{_PACKAGE}.{_PART}")
    package.__path__ = []
    setattr(package, _PART, part)
    stand_ins = {_PACKAGE: package, part.__name__: part}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name, module in stand_ins.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
