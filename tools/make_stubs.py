"""Generate the message classes from the protocol, into a package of their own."""

import shutil
import sys
from importlib.resources import files
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "taxatie" / "wire" / "generated"


def make_stubs() -> int:
    """Return protoc's exit code; 0 also where there is no protocol yet."""
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    protos = sorted((ROOT / "proto").rglob("*.proto"))
    if not protos:
        return 0
    code: int = protoc.main(
        [
            "protoc",
            f"--proto_path={ROOT / 'proto'}",
            f"--proto_path={files('grpc_tools') / '_proto'}",
            f"--python_out={TARGET}",
            f"--pyi_out={TARGET}",
            f"--grpc_python_out={TARGET}",
            *map(str, protos),
        ]
    )
    _make_importable()
    return code


def _make_importable() -> None:
    """Let the generated modules find one another within our package rather than at the top."""
    for module in (*TARGET.rglob("*.py"), *TARGET.rglob("*.pyi")):
        text = module.read_text(encoding="utf-8")
        module.write_text(text.replace("from taxatie.v1 import", "from taxatie.wire.generated.taxatie.v1 import"), encoding="utf-8")
    for folder in (TARGET, *(path for path in TARGET.rglob("*") if path.is_dir())):
        (folder / "__init__.py").write_text('"""Generated; see `tools/make_stubs.py`."""\n', encoding="utf-8")


if __name__ == "__main__":
    sys.exit(make_stubs())
