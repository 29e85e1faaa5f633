"""What SWIG makes; the package's own stub has its types."""

from typing import Any

class native_callback:
    thisown: Any
    __swig_destroy__: Any
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...

def __getattr__(name: str) -> Any: ...
