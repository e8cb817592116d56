"""Generate the message classes and their types from the protocol, into a package of their own."""

import shutil
import sys
from importlib.resources import files
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "taxatie" / "wire" / "generated"
PLUGINS = Path(sys.executable).parent
AT_THE_TOP = "from taxatie.v1 import"
WITHIN_US = "from taxatie.wire.generated.taxatie.v1 import"


def make_stubs() -> int:
    """Return protoc's exit code; 0 also where there is no protocol yet."""
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    protos = sorted((ROOT / "proto").rglob("*.proto"))
    code = _run_protoc(protos) if protos else 0
    _make_importable()
    return code


def _run_protoc(protos: list[Path]) -> int:
    """Return protoc's exit code, having written modules and their types (typed by mypy-protobuf) for *protos*."""
    code: int = protoc.main(
        [
            "protoc",
            f"--proto_path={ROOT / 'proto'}",
            f"--proto_path={files('grpc_tools') / '_proto'}",
            f"--plugin=protoc-gen-mypy={PLUGINS / 'protoc-gen-mypy'}",
            f"--plugin=protoc-gen-mypy_grpc={PLUGINS / 'protoc-gen-mypy_grpc'}",
            f"--python_out={TARGET}",
            f"--grpc_python_out={TARGET}",
            f"--mypy_out=quiet:{TARGET}",
            f"--mypy_grpc_out=quiet:{TARGET}",
            *map(str, protos),
        ]
    )
    return code


def _make_importable() -> None:
    """Let the generated modules find one another within our package rather than at the top."""
    for module in (*TARGET.rglob("*.py"), *TARGET.rglob("*.pyi")):
        text = module.read_text(encoding="utf-8")
        module.write_text(text.replace(AT_THE_TOP, WITHIN_US), encoding="utf-8")
    for folder in (TARGET, *(path for path in TARGET.rglob("*") if path.is_dir())):
        (folder / "__init__.py").write_text('"""Generated; see `tools/make_stubs.py`."""\n', encoding="utf-8")


if __name__ == "__main__":
    sys.exit(make_stubs())
