"""Private servers for tests: own folder, own port, stopped at the end.

``MISSING[marker]()`` says why a service cannot be used here, or "" where it can. Each starter is a
context manager that yields the server's URL after making sure that the server is the one it
started. Environment variables name servers that exist already (ORRERY_TEST_POSTGRES_URL,
ORRERY_TEST_REDIS_URL, ORRERY_TEST_RABBITMQ_URL); those are neither checked nor stopped.

    python -m tests.services pg COMMAND ...     runs a command with DATABASE_URL of a new server
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 60


def free_port() -> int:
    """A port that the kernel says is free on the loopback address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(ready: Callable[[], bool], *, what: str, process: subprocess.Popen | None = None):
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"{what} ended with {process.returncode} before it was ready")
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} was not ready after {START_SECONDS} seconds")
        time.sleep(0.05)


@contextmanager
def _folder(owner: str | None = None) -> Iterator[Path]:
    """A new folder outside the project (short path: Unix sockets allow about 100 characters)."""
    path = Path(tempfile.mkdtemp(prefix="orrery-"))
    try:
        if owner:
            shutil.chown(path, owner)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


# ---- PostgreSQL --------------------------------------------------------------------------------


@cache
def _postgres_bin() -> Path | None:
    newest_first = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: -float(folder.parent.name)
    )
    for folder in [*newest_first, *os.environ.get("PATH", "").split(os.pathsep)]:
        if all((Path(folder) / name).exists() for name in ("initdb", "postgres")):
            return Path(folder)
    return None


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root; who runs it instead (none: the caller)."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in names), None)


@contextmanager
def postgres() -> Iterator[str]:
    """A new PostgreSQL server with an empty database ``orrery``; yields its URL."""
    if given := os.environ.get("ORRERY_TEST_POSTGRES_URL"):
        yield given
        return
    binaries, user, port = _postgres_bin(), _unprivileged_user(), free_port()
    assert binaries is not None
    with _folder(owner=user) as folder:
        data = folder / "data"
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "orrery", "-A", "trust"]
            + ["--encoding=UTF8", "--locale=C", "--no-sync"],
            check=True, capture_output=True, user=user, cwd=folder,
        )  # fmt: skip
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", data, "-p", str(port), "-k", folder]
                + ["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"]
                + ["-c", "fsync=off", "-c", "full_page_writes=off"],
                stdout=log, stderr=log, user=user, cwd=folder,
            )  # fmt: skip
        try:
            wait_until(lambda: _is_ours(port, data), what="PostgreSQL", process=server)
            _make_database(port)
            yield f"postgres://orrery@127.0.0.1:{port}/orrery"
        finally:
            server.send_signal(signal.SIGINT)  # fast shutdown: open sessions are ended
            server.wait(START_SECONDS)


def _is_ours(port: int, data: Path) -> bool:
    import psycopg

    try:
        with psycopg.connect(host="127.0.0.1", port=port, user="orrery", dbname="postgres") as link:
            row = link.execute("SHOW data_directory").fetchone()
    except psycopg.OperationalError:
        return False
    if row is None or Path(row[0]).resolve() != data.resolve():
        raise RuntimeError(f"another PostgreSQL answers on port {port}: {row}")
    return True


def _make_database(port: int) -> None:
    import psycopg

    with psycopg.connect(
        host="127.0.0.1", port=port, user="orrery", dbname="postgres", autocommit=True
    ) as link:
        link.execute("CREATE DATABASE orrery")


def _postgres_missing() -> str:
    if os.environ.get("ORRERY_TEST_POSTGRES_URL"):
        return ""
    if _postgres_bin() is None:
        return "needs PostgreSQL: no initdb and postgres in /usr/lib/postgresql or on PATH"
    if os.geteuid() == 0 and _unprivileged_user() is None:
        return "needs PostgreSQL: it refuses to run as root and there is no user to run it as"
    return ""


# ---- Redis -------------------------------------------------------------------------------------


@contextmanager
def redis() -> Iterator[str]:
    """A new Redis server; yields its URL."""
    if given := os.environ.get("ORRERY_TEST_REDIS_URL"):
        yield given
        return
    port = free_port()
    with _folder() as folder:
        server = subprocess.Popen(
            ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", folder]
            + ["--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder,
        )  # fmt: skip
        try:
            wait_until(lambda: _redis_is_ours(port, server.pid), what="Redis", process=server)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait(START_SECONDS)


def _redis_is_ours(port: int, pid: int) -> bool:
    from redis import Redis
    from redis.exceptions import ConnectionError as NotThereYet

    link = Redis(port=port)
    try:
        answering = link.info("server")["process_id"]
    except NotThereYet:
        return False
    finally:
        link.close()
    if answering != pid:
        raise RuntimeError(f"another Redis answers on port {port}: process {answering}")
    return True


def _redis_missing() -> str:
    if os.environ.get("ORRERY_TEST_REDIS_URL") or shutil.which("redis-server"):
        return ""
    return "needs Redis: no redis-server on PATH"


# ---- RabbitMQ ----------------------------------------------------------------------------------

RABBITMQ_FOLDERS = "/usr/lib/rabbitmq/bin:/usr/sbin:/usr/local/sbin"


def _rabbitmq_path() -> str | None:
    return shutil.which("rabbitmq-server", path=f"{RABBITMQ_FOLDERS}:{os.environ.get('PATH', '')}")


@contextmanager
def rabbitmq() -> Iterator[str]:
    """A new RabbitMQ node with its own Erlang name, cookie and folders; yields its URL."""
    if given := os.environ.get("ORRERY_TEST_RABBITMQ_URL"):
        yield given
        return
    program, port, distribution = _rabbitmq_path(), free_port(), free_port()
    assert program is not None
    with _folder() as folder:
        node = f"orrery{port}@localhost"
        settings = folder / "rabbitmq.conf"
        settings.write_text(f"listeners.tcp.1 = 127.0.0.1:{port}\nlog.console = false\n")
        environment = os.environ | {
            "HOME": str(folder),
            "RABBITMQ_NODENAME": node,
            "RABBITMQ_CONFIG_FILE": str(settings),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_DIST_PORT": str(distribution),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(free_port()),
        }
        (folder / "plugins").write_text("[].\n")
        # Erlang's port mapper would put itself out of reach; started here, it can be ended here.
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
        mapper = subprocess.Popen(["epmd"], env=environment, **quiet)
        server = subprocess.Popen([program], env=environment, start_new_session=True, **quiet)
        try:
            wait_until(lambda: _rabbitmq_is_ours(port, node), what="RabbitMQ", process=server)
            yield f"amqp://guest:guest@127.0.0.1:{port}//"
        finally:
            _end_group(server)
            mapper.terminate()
            mapper.wait(START_SECONDS)


def _rabbitmq_is_ours(port: int, node: str) -> bool:
    from amqp import Connection

    link = Connection(f"127.0.0.1:{port}", userid="guest", password="guest", connect_timeout=5)
    try:
        link.connect()
    except OSError:
        return False
    answering = link.server_properties["cluster_name"]
    link.close()
    if not str(answering).startswith(node.partition("@")[0] + "@"):
        raise RuntimeError(f"another RabbitMQ answers on port {port}: {answering}")
    return True


def _end_group(server: subprocess.Popen) -> None:
    """End a server together with the helpers that it started."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(server.pid, how)
            server.wait(20)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def _rabbitmq_missing() -> str:
    if os.environ.get("ORRERY_TEST_RABBITMQ_URL") or _rabbitmq_path():
        return ""
    return "needs RabbitMQ: no rabbitmq-server on PATH"


# ---- IMAP --------------------------------------------------------------------------------------


@cache
def _dovecot_path() -> str | None:
    return shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


@contextmanager
def imap() -> Iterator[str]:
    """A new Dovecot with one user; yields the address of an empty mailbox."""
    program, port = _dovecot_path(), free_port()
    assert program is not None
    is_root = os.geteuid() == 0
    me = pwd.getpwuid(os.geteuid()).pw_name
    owner = "nobody" if is_root else me
    with _folder() as folder:
        folder.chmod(0o755)
        mail = folder / "mail"
        mail.mkdir()
        shutil.chown(mail, owner)
        settings = folder / "dovecot.conf"
        settings.write_text(f"""\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {"dovecot" if is_root else me}
default_login_user = {"dovenull" if is_root else me}
first_valid_uid = 1
mail_location = maildir:{mail}/Maildir
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={pwd.getpwnam(owner).pw_uid} gid={pwd.getpwnam(owner).pw_gid} home={mail}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
""")
        server = subprocess.Popen([program, "-F", "-c", settings], cwd=folder)
        try:
            wait_until(lambda: _answers_imap(port), what="Dovecot", process=server)
            yield f"imap://host:secret@127.0.0.1:{port}/INBOX"
        finally:
            server.terminate()
            server.wait(START_SECONDS)


def _answers_imap(port: int) -> bool:
    import imaplib

    try:
        with imaplib.IMAP4("127.0.0.1", port, timeout=5) as link:
            return link.login("host", "secret")[0] == "OK"
    except (OSError, imaplib.IMAP4.error):
        return False


# ---- programs ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chromium:
    """A browser and the flags that keep it quiet, headless and on this machine."""

    path: Path

    @property
    def flags(self) -> list[str]:
        return [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-dev-shm-usage",
        ]  # fmt: skip


@cache
def chromium_path() -> Path | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    given = os.environ.get("ORRERY_TEST_CHROMIUM")
    found = given or next((p for p in map(shutil.which, names) if p), None)
    return Path(found) if found else None


@cache
def libical_python_path() -> Path | None:
    """The first Python that has libical's bindings: the system's, rarely that of a venv."""
    wanted = "import gi; gi.require_version('ICalGLib', '3.0'); from gi.repository import ICalGLib"
    for python in ("/usr/bin/python3", sys.executable):
        if Path(python).exists():
            trial = subprocess.run([python, "-c", wanted], capture_output=True, check=False)
            if trial.returncode == 0:
                return Path(python)
    return None


@cache
def calendar_client_paths() -> dict[str, Path]:
    names = ("khal", "vdirsyncer", "calcurse")
    return {name: Path(path) for name in names if (path := shutil.which(name))}


def _clients_missing() -> str:
    absent = {"khal", "vdirsyncer", "calcurse"} - calendar_client_paths().keys()
    return f"needs calendar programs: no {', '.join(sorted(absent))} on PATH" if absent else ""


def _node_missing() -> str:
    if shutil.which("node") is None:
        return "needs Node.js: no node on PATH"
    if not (ROOT / "tests" / "node_modules" / ".stamp").exists():
        return "needs the packages of tests/package.json: ./run setup --dev installs them"
    return ""


MISSING: dict[str, Callable[[], str]] = {
    "imap": lambda: "" if _dovecot_path() else "needs an IMAP server: no dovecot on PATH",
    "pg": _postgres_missing,
    "redis": _redis_missing,
    "rabbitmq": _rabbitmq_missing,
    "browser": lambda: "" if chromium_path() else "needs Chromium: none on PATH",
    "libical": lambda: (
        "" if libical_python_path() else "needs libical: no Python imports gi.repository.ICalGLib"
    ),
    "clients": _clients_missing,
    "node": _node_missing,
}


def main(arguments: list[str]) -> int:
    """Run a command with the address of a new server in its environment; its exit code."""
    starters = {
        "pg": (postgres, "DATABASE_URL"),
        "redis": (redis, "BROKER_URL"),
        "rabbitmq": (rabbitmq, "BROKER_URL"),
    }
    start, variable = starters[arguments[0]]
    with start() as url:
        return subprocess.run(
            arguments[1:], env=os.environ | {variable: url}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
