"""All that others may use says what it is and of what type: the share is 100 %, so that it cannot slip."""

import ast
from collections.abc import Iterator

from tests.architecture.tree import Module, package_modules

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def test_every_module_says_what_it_is_for() -> None:
    """A file whose purpose cannot be said in a sentence holds two ideas."""
    assert [module.path for module in package_modules() if not ast.get_docstring(module.syntax)] == []


def test_every_public_thing_is_documented() -> None:
    """Public is what has no underscore before it, at the top of a module or within a class."""
    silent = [
        _place(module, thing)
        for module in package_modules()
        for thing in _public(module.syntax)
        if not ast.get_docstring(thing)
    ]

    assert silent == []


def test_every_public_function_is_typed() -> None:
    """The type checker holds this too; here it is counted without its exceptions."""
    untyped = [
        _place(module, thing)
        for module in package_modules()
        for thing in _public(module.syntax)
        if not isinstance(thing, ast.ClassDef) and not _is_typed(thing)
    ]

    assert untyped == []


def _public(owner: ast.Module | ast.ClassDef) -> Iterator[Definition]:
    for thing in owner.body:
        if isinstance(thing, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not thing.name.startswith("_"):
            yield thing
            if isinstance(thing, ast.ClassDef):
                yield from _public(thing)


def _is_typed(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    named += [rest for rest in (arguments.vararg, arguments.kwarg) if rest is not None]
    return function.returns is not None and all(
        argument.annotation is not None for argument in named if argument.arg not in {"self", "cls"}
    )


def _place(module: Module, thing: Definition) -> str:
    return f"{module.path}:{thing.lineno} {thing.name}"
