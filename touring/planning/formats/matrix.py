"""Distance matrices out of the instance itself, CSV or NumPy files.

A CSV is a square table: the first row and the first column name the points. An NPZ
holds ``points`` (texts), ``km`` and, if wanted, ``days``. Files are named relative to
the instance and may not lie outside its folder.
"""

from __future__ import annotations

import csv
import math
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from touring.planning.formats.fields import Fields, Reader
from touring.planning.problem import Matrix

_MOST_POINTS = 20_000


def read_matrix(reader: Reader, travel: Fields, folder: Path | None) -> Matrix | None:
    """``travel.matrix``: a file's name, ``{"km": FILE, "days": FILE}`` or the tables themselves."""
    value = travel.values.get("matrix")
    path = travel.at("matrix")
    if value is None:
        return None
    if isinstance(value, str):
        return _from_file(reader, value, None, path, folder)
    parts = reader.fields(value, path, required=("km",), optional=("points", "days"))
    km, days = parts.values.get("km"), parts.values.get("days")
    if isinstance(km, str):
        name = days if isinstance(days, str) else None
        if days is not None and name is None:
            reader.refuse(parts.at("days"), "wrong_type", "must be the name of a file")
        return _from_file(reader, km, name, path, folder)
    points = parts.texts("points")
    if km is None:
        return None
    table = _table(reader, km, parts.at("km"), len(points))
    day_table = None if days is None else _table(reader, days, parts.at("days"), len(points))
    if table is None or (days is not None and day_table is None):
        return None
    return Matrix(points, table, _whole_days(reader, day_table, parts.at("days")))


def _from_file(
    reader: Reader, km_name: str, days_name: str | None, path: str, folder: Path | None
) -> Matrix | None:
    file = _inside(reader, km_name, path, folder)
    if file is None:
        return None
    if file.suffix.lower() == ".npz":
        return _from_npz(reader, file, path, km_name)
    read = _from_csv(reader, file, path)
    if read is None:
        return None
    points, km = read
    days = None
    if days_name is not None:
        day_file = _inside(reader, days_name, f"{path}.days", folder)
        day_table = None if day_file is None else _from_csv(reader, day_file, f"{path}.days")
        if day_table is None:
            return None
        if day_table[0] != points:
            reader.refuse(f"{path}.days", "not_square", "names other points than the km table")
            return None
        days = _whole_days(reader, day_table[1], f"{path}.days")
    return Matrix(points, km, days, km_name if days_name is None else f"{km_name}\n{days_name}")


def _inside(reader: Reader, name: str, path: str, folder: Path | None) -> Path | None:
    before = len(reader.issues)
    relative = PurePosixPath(reader.text(name, path))
    if len(reader.issues) > before:
        return None
    if folder is None:
        reader.refuse(path, "no_files", "a matrix file can only be read beside an instance file")
        return None
    outside = relative.is_absolute() or ".." in relative.parts or "\\" in name
    if outside or not name:
        reader.refuse(path, "outside", "name a file in the instance's own folder")
        return None
    file = (folder / relative).resolve()
    if not file.is_relative_to(folder.resolve()):
        reader.refuse(path, "outside", "name a file in the instance's own folder")
        return None
    try:
        with file.open("rb"):
            return file
    except OSError as error:
        reader.refuse(
            path, "unreadable", f"cannot open {name!r} beside the instance: {error.strerror}"
        )
        return None


def _from_csv(reader: Reader, file: Path, path: str) -> tuple[tuple[str, ...], np.ndarray] | None:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = [row for row in csv.reader(stream) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reader.refuse(path, "unreadable", f"cannot read {file.name!r} as CSV: {error}")
        return None
    if not rows or len(rows) > _MOST_POINTS + 1:
        reader.refuse(path, "out_of_range", f"needs 1 to {_MOST_POINTS:,} points")
        return None
    points = tuple(rows[0][1:])
    if tuple(row[0] for row in rows[1:]) != points:
        reader.refuse(path, "not_square", "the first column and the first row name other points")
        return None
    table = np.zeros((len(points), len(points)))
    for i, row in enumerate(rows[1:]):
        if len(row) != len(points) + 1:
            reader.refuse(
                f"{path}[{i}]", "not_square", f"has {len(row) - 1} entries, not {len(points)}"
            )
            return None
        for j, entry in enumerate(row[1:]):
            try:
                table[i, j] = float(entry)
            except ValueError:
                reader.refuse(f"{path}[{i}][{j}]", "wrong_type", f"{entry[:40]!r} is no number")
                return None
    return points, table


def _from_npz(reader: Reader, file: Path, path: str, source: str) -> Matrix | None:
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(member.file_size for member in archive.infolist()) > 16 * _MOST_POINTS**2:
                reader.refuse(path, "too_large", f"holds more than {_MOST_POINTS:,} points")
                return None
        with np.load(file, allow_pickle=False) as arrays:
            points = tuple(str(point) for point in arrays["points"])
            km = np.asarray(arrays["km"], dtype=np.float64)
            days = np.asarray(arrays["days"]) if "days" in arrays else None
    except KeyError as error:
        reader.refuse(path, "missing_key", f"the file has no array {error.args[0]!r}")
        return None
    except (OSError, ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:
        reader.refuse(path, "unreadable", f"cannot read {file.name!r} as NPZ: {error}")
        return None
    return Matrix(points, km, _whole_days(reader, days, f"{path}.days"), source)


def _table(reader: Reader, value: Any, path: str, size: int) -> np.ndarray | None:
    rows = [
        [reader.number(entry, where) for entry, where in reader.items(row, row_path)]
        for row, row_path in reader.items(value, path)
    ]
    if len(rows) != size or any(len(row) != size for row in rows):
        lengths = sorted({len(row) for row in rows})
        reader.refuse(
            path,
            "not_square",
            f"has {len(rows)} rows of {lengths} entries, but {size} points make {size} by {size}",
        )
        return None
    return np.array(rows, dtype=np.float64).reshape(size, size)


def _whole_days(reader: Reader, days: np.ndarray | None, path: str) -> np.ndarray | None:
    if days is None:
        return None
    numbers = np.asarray(days, dtype=np.float64)
    if not np.isfinite(numbers).all() or (np.abs(numbers) > 10**6).any():
        reader.refuse(path, "out_of_range", "travel days are finite and below 1,000,000")
        return None
    if any(not math.isclose(one, round(one), abs_tol=0) for one in np.unique(numbers)):
        reader.refuse(path, "wrong_type", "travel days are whole numbers")
        return None
    return numbers.astype(np.int32)
