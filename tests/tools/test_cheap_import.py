from __future__ import annotations

import subprocess
import sys


def test_importing_the_tools_loads_none_of_the_heavy_libraries() -> None:
    heavy = {"pydantic", "pydantic_core", "jsonschema", "docstring_parser", "asyncio"}
    code = f"import sys, detent.tools; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()
