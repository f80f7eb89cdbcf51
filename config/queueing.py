"""Celery's own settings: JSON only, late acknowledgement, no result backend (effects are rows)."""

from __future__ import annotations

from django.conf import settings

broker_url = settings.BROKER_URL
broker_connection_retry_on_startup = True
accept_content = ["json"]
task_serializer = "json"
task_ignore_result = True
task_acks_late = True
task_reject_on_worker_lost = True
worker_prefetch_multiplier = 1
worker_hijack_root_logger = False
worker_send_task_events = False
timezone = "UTC"
beat_schedule_filename = str(settings.VAR_DIR / "celerybeat-schedule")

if broker_url.startswith("filesystem://"):
    _queue = settings.VAR_DIR / "queue"
    _folders = {
        name: _queue / name.split("_")[0] for name in ("data_folder_in", "processed_folder")
    }
    for _folder in (*_folders.values(), _queue / "control"):
        _folder.mkdir(parents=True, exist_ok=True)
    broker_transport_options = {
        "data_folder_in": str(_folders["data_folder_in"]),
        "data_folder_out": str(_folders["data_folder_in"]),
        "processed_folder": str(_folders["processed_folder"]),
        "control_folder": str(_queue / "control"),
        "store_processed": False,
        "polling_interval": 0.2,
    }
elif broker_url.startswith(("redis://", "rediss://")):
    broker_transport_options = {"visibility_timeout": 12 * 3600}
