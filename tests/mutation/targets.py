"""What is mutated, and which tests are asked: those of the same matters, quick enough to be asked
once a mutant, and none that drives a browser or a whole site.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

_NOT_RULES = {"__init__.py", "admin.py", "declarations.py", "letters.py", "models.py", "tasks.py",
              "urls.py", "views.py"}  # fmt: skip

FOLDERS = ("privacy/gate", "privacy/erasure")
FILES = ("privacy/rls/compile.py", "foundation/limits.py", "sessions_app/services/storage.py")


def files() -> list[str]:
    """Return the files that are mutated: the gate, its policies, limits, the steps of erasure."""
    found = [
        str(path.relative_to(ROOT))
        for folder in FOLDERS
        for path in (ROOT / folder).glob("*.py")
        if path.name not in _NOT_RULES
    ]
    return sorted([*found, *FILES])


# test_kill, test_restore, test_surfaces and the walks of routes take minutes each: not among them.
_ASKED = {
    "accounts": "finding limits mutes others_asking suspensions ties",
    "bands": "leaving who_sees",
    "foundation": "limits",
    "messaging": "conversations",
    "privacy": (
        "at_once audiences child_offers compiled gate hidden holds known leaving leaving_by_mail "
        "ledger links media news orders other_peoples_apps purge random_worlds receipts relations "
        "requests row_security sockets view_as what_stays written"
    ),
    "sessions_app": "indexes jammed quota",
}
TESTS = tuple(
    f"tests/{folder}/test_{name}.py" for folder, names in _ASKED.items() for name in names.split()
)
