"""Programs of this folder, which have no suffix, as modules."""
import importlib.machinery
import importlib.util
import os


def program(name):
    """ci/NAME, not run."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    loader = importlib.machinery.SourceFileLoader(name, path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module
