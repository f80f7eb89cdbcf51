import django.db.models.deletion
import touring.models.papers
import venues.operations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "__first__"),
        ("venues", "0001_initial"),
    ]

    operations = [
        venues.operations.CreateModels(
            operations=[
                migrations.CreateModel(
                    name="Plan",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, max_length=200)),
                        ("sequence", models.PositiveIntegerField(default=0)),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="RequestCall",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, max_length=200)),
                        ("slug", models.SlugField(max_length=80, unique=True)),
                        (
                            "programme",
                            models.CharField(
                                choices=[
                                    ("regular", "常规巡展"),
                                    ("rotation", "区域换展"),
                                    ("caravan", "科普大篷车"),
                                    ("paired_aid", "对口支援"),
                                    ("international", "国际巡展"),
                                ],
                                default="regular",
                                max_length=20,
                            ),
                        ),
                        ("year", models.PositiveSmallIntegerField()),
                        ("opens_on", models.DateField()),
                        (
                            "closes_on",
                            models.DateField(
                                help_text="first day on which nothing is taken any more"
                            ),
                        ),
                        ("timezone", models.CharField(default="Asia/Shanghai", max_length=63)),
                        (
                            "answer_days",
                            models.PositiveSmallIntegerField(
                                default=10, help_text="working days per level"
                            ),
                        ),
                        ("asks_nation", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["-opens_on", "slug"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("closes_on__gt", models.F("opens_on"))),
                                name="call_closes_after_it_opens",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ConditionReport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "moment",
                            models.CharField(
                                choices=[("arrival", "到馆开箱"), ("departure", "离馆装箱")],
                                max_length=10,
                            ),
                        ),
                        ("unpacked_at", models.DateTimeField(help_text="or repacked")),
                        ("reported_at", models.DateTimeField()),
                        ("is_late", models.BooleanField(default=False)),
                        ("note", models.CharField(blank=True, max_length=1000)),
                        (
                            "reported_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["stop", "reported_at", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("reported_at__gte", models.F("unpacked_at"))),
                                name="condition_reported_after_unpacking",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ConditionPhoto",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "file",
                            models.FileField(
                                max_length=200, upload_to=touring.models.papers.paper_path
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("content_type", models.CharField(max_length=100)),
                        ("size", models.PositiveIntegerField(help_text="bytes")),
                        ("sha256", models.CharField(max_length=64)),
                        ("uploaded_at", models.DateTimeField()),
                        ("exhibit", models.CharField(blank=True, max_length=100)),
                        (
                            "uploaded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "report",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="photos",
                                to="touring.conditionreport",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["report", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="Exhibition",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("slug", models.SlugField(max_length=80, unique=True)),
                        ("title_zh", models.CharField(max_length=200)),
                        ("title_en", models.CharField(blank=True, max_length=200)),
                        ("description_zh", models.TextField(blank=True)),
                        ("description_en", models.TextField(blank=True)),
                        ("exhibit_count", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("requires", models.JSONField(blank=True, default=dict)),
                        ("setup_days", models.PositiveSmallIntegerField(default=4)),
                        ("strike_days", models.PositiveSmallIntegerField(default=2)),
                        (
                            "guides_needed",
                            models.PositiveSmallIntegerField(
                                default=0, help_text="trained guides a stop needs before it opens"
                            ),
                        ),
                        ("changed_at", models.DateTimeField()),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="venues.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["slug"],
                    },
                ),
                migrations.CreateModel(
                    name="PlanVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("value", models.JSONField(default=dict)),
                        ("bound", models.FloatField(blank=True, null=True)),
                        ("gap", models.FloatField(blank=True, null=True)),
                        ("instance_hash", models.CharField(max_length=64)),
                        ("plan_hash", models.CharField(max_length=64)),
                        ("maintenance", models.JSONField(blank=True, default=list)),
                        ("unserved", models.JSONField(blank=True, default=list)),
                        ("created_at", models.DateTimeField()),
                        (
                            "based_on",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="touring.planversion",
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="touring.plan",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["plan", "-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("plan"),
                                models.F("number"),
                                name="version_number_once_per_plan",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Publication",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("published_at", models.DateTimeField()),
                        ("message", models.CharField(blank=True, max_length=300)),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="publications",
                                to="touring.plan",
                            ),
                        ),
                        (
                            "published_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="publications",
                                to="touring.planversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["plan", "-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("plan"),
                                models.F("number"),
                                name="publication_number_once_per_plan",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RequestQuota",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("most", models.PositiveIntegerField()),
                        (
                            "call",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="quotas",
                                to="touring.requestcall",
                            ),
                        ),
                        (
                            "region",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="venues.region",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["call", "region__code"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("call"),
                                models.F("region"),
                                name="quota_once_per_call_and_region",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Run",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("plan", "plan"),
                                    ("replan", "replan"),
                                    ("what_if", "what if"),
                                ],
                                default="plan",
                                max_length=10,
                            ),
                        ),
                        ("parameters", models.JSONField(blank=True, default=dict)),
                        ("outcome", models.JSONField(blank=True, default=dict)),
                        ("seed", models.PositiveIntegerField(default=1)),
                        ("seconds", models.FloatField(blank=True, null=True)),
                        ("work", models.PositiveIntegerField(blank=True, null=True)),
                        ("created_at", models.DateTimeField()),
                        ("progress", models.JSONField(blank=True, default=list)),
                        (
                            "job",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="run",
                                to="venues.job",
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="runs",
                                to="touring.plan",
                            ),
                        ),
                        (
                            "requested_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("seconds__isnull", False), ("work__isnull", True)),
                                    models.Q(("seconds__isnull", True), ("work__isnull", False)),
                                    _connector="OR",
                                ),
                                name="run_stops_by_clock_or_by_work",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Season",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, max_length=200)),
                        ("slug", models.SlugField(max_length=80, unique=True)),
                        ("first_date", models.DateField()),
                        ("end_date", models.DateField()),
                        ("rules", models.JSONField(blank=True, default=dict)),
                        ("objective", models.JSONField(blank=True, default=dict)),
                        ("created_at", models.DateTimeField()),
                        (
                            "region",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="venues.region"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-first_date", "slug"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("end_date__gt", models.F("first_date"))),
                                name="season_ends_after_it_starts",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Stop",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("uid", models.CharField(max_length=80, unique=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("proposed", "拟定"),
                                    ("option", "意向"),
                                    ("challenged", "被挑战"),
                                    ("confirmed", "已确认"),
                                    ("contracted", "已签约"),
                                    ("preparing", "准备中"),
                                    ("in_transit", "运输中"),
                                    ("installing", "布展中"),
                                    ("open", "展出中"),
                                    ("suspended", "暂停"),
                                    ("closing", "撤展中"),
                                    ("handed_over", "已交接"),
                                    ("reported", "已总结"),
                                    ("closed", "已闭展"),
                                    ("released", "已释放"),
                                    ("cancelled", "已取消"),
                                ],
                                default="proposed",
                                max_length=12,
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(
                                blank=True, help_text="why released or cancelled", max_length=200
                            ),
                        ),
                        (
                            "departs_on",
                            models.DateField(
                                help_text="first travel day; arrives_on when it takes none"
                            ),
                        ),
                        ("arrives_on", models.DateField()),
                        ("opens_on", models.DateField()),
                        ("closes_on", models.DateField(help_text="first day no longer open")),
                        (
                            "leaves_on",
                            models.DateField(help_text="first day no longer at the host"),
                        ),
                        (
                            "host_answer",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "未邀请"),
                                    ("needs_action", "未答复"),
                                    ("accepted", "已接受"),
                                    ("declined", "已谢绝"),
                                    ("tentative", "待定"),
                                ],
                                default="",
                                max_length=12,
                            ),
                        ),
                        ("host_answered_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "host_comment",
                            models.TextField(blank=True, help_text="plain text of the host"),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        (
                            "origin",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="venues.venue",
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="published_stops",
                                to="touring.plan",
                            ),
                        ),
                        (
                            "space",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="stops",
                                to="venues.space",
                            ),
                        ),
                        (
                            "venue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="stops",
                                to="venues.venue",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["arrives_on", "pk"],
                        "indexes": [
                            models.Index(fields=["space", "arrives_on"], name="stop_by_space"),
                            models.Index(fields=["venue", "arrives_on"], name="stop_by_venue"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("arrives_on__lte", models.F("opens_on")),
                                    ("closes_on__lte", models.F("leaves_on")),
                                    ("departs_on__lte", models.F("arrives_on")),
                                    ("opens_on__lt", models.F("closes_on")),
                                ),
                                name="stop_days_in_order",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Handover",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("handed_by", models.CharField(max_length=100)),
                        ("taken_by", models.CharField(max_length=100)),
                        ("handed_at", models.DateTimeField()),
                        ("crates", models.PositiveSmallIntegerField()),
                        ("missing", models.CharField(blank=True, max_length=1000)),
                        ("recorded_at", models.DateTimeField()),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "stop",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="handover",
                                to="touring.stop",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="DailyCount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("day", models.DateField()),
                        ("visits", models.PositiveIntegerField()),
                        ("by_audience", models.JSONField(blank=True, default=dict)),
                        ("recorded_at", models.DateTimeField()),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "stop",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="counts",
                                to="touring.stop",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["stop", "day"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("stop"), models.F("day"), name="count_once_per_day"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Agreement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("terms_version", models.CharField(blank=True, max_length=40)),
                        ("fee_yuan", models.PositiveIntegerField(default=0)),
                        ("deposit_yuan", models.PositiveIntegerField(default=0)),
                        ("insurance", models.CharField(blank=True, max_length=300)),
                        ("cancel_terms", models.CharField(blank=True, max_length=1000)),
                        ("signed_on", models.DateField(blank=True, null=True)),
                        ("signed_for_host_by", models.CharField(blank=True, max_length=100)),
                        ("recorded_at", models.DateTimeField()),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "stop",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="agreement",
                                to="touring.stop",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="StopSummary",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("text", models.TextField()),
                        (
                            "visits",
                            models.PositiveIntegerField(
                                help_text="the sum of the counts when it was handed in"
                            ),
                        ),
                        ("open_days", models.PositiveSmallIntegerField()),
                        ("submitted_at", models.DateTimeField()),
                        ("is_late", models.BooleanField(default=False)),
                        (
                            "stop",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="summary",
                                to="touring.stop",
                            ),
                        ),
                        (
                            "submitted_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Suspension",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("first_date", models.DateField()),
                        ("end_date", models.DateField()),
                        ("reason_zh", models.CharField(max_length=200)),
                        ("reason_en", models.CharField(blank=True, max_length=200)),
                        ("replan_proposed", models.JSONField(blank=True, default=list)),
                        ("postponed_events", models.JSONField(blank=True, default=dict)),
                        ("declared_at", models.DateTimeField()),
                        ("lifted_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "declared_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "lifted_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "region",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="suspensions",
                                to="venues.region",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-first_date", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("end_date__gt", models.F("first_date"))),
                                name="suspension_ends_after_it_starts",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SuspendedStop",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("was", models.CharField(max_length=12)),
                        (
                            "stop",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="suspensions",
                                to="touring.stop",
                            ),
                        ),
                        (
                            "suspension",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="stops",
                                to="touring.suspension",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("suspension"),
                                models.F("stop"),
                                name="stop_once_per_suspension",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TourRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "code",
                            models.CharField(
                                help_text="e.g. SC-2026-013", max_length=40, unique=True
                            ),
                        ),
                        (
                            "programme",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("regular", "常规巡展"),
                                    ("rotation", "区域换展"),
                                    ("caravan", "科普大篷车"),
                                    ("paired_aid", "对口支援"),
                                    ("international", "国际巡展"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("year", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "草稿"),
                                    ("submitted", "已提交"),
                                    ("endorsed", "县级已同意"),
                                    ("returned", "已退回"),
                                    ("consolidated", "市级已汇总"),
                                    ("waiting", "候补"),
                                    ("accepted", "已受理"),
                                    ("rejected", "未受理"),
                                    ("planned", "已排期"),
                                    ("fulfilled", "已完成"),
                                    ("withdrawn", "已撤回"),
                                    ("expired", "已过期"),
                                ],
                                default="draft",
                                max_length=12,
                            ),
                        ),
                        ("stay_days", models.PositiveSmallIntegerField(default=60)),
                        ("value", models.FloatField(default=1.0)),
                        ("must", models.BooleanField(default=False)),
                        ("expected_visits", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "reason",
                            models.CharField(
                                blank=True, help_text="why it was rejected", max_length=300
                            ),
                        ),
                        ("contact_email", models.EmailField(blank=True, max_length=254)),
                        ("note", models.TextField(blank=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        (
                            "call",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="requests",
                                to="touring.requestcall",
                            ),
                        ),
                        (
                            "county",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="venues.region",
                            ),
                        ),
                        (
                            "exhibitions",
                            models.ManyToManyField(
                                blank=True, related_name="requests", to="touring.exhibition"
                            ),
                        ),
                        (
                            "season",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="requests",
                                to="touring.season",
                            ),
                        ),
                        (
                            "space",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="venues.space",
                            ),
                        ),
                        (
                            "venue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tour_requests",
                                to="venues.venue",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["code"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("stay_days__gt", 0)), name="request_stays"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("value__gte", 0)),
                                name="request_value_not_negative",
                            ),
                            models.UniqueConstraint(
                                models.F("county"),
                                models.F("programme"),
                                models.F("year"),
                                condition=models.Q(
                                    ("call__isnull", False),
                                    (
                                        "state__in",
                                        (
                                            "draft",
                                            "submitted",
                                            "endorsed",
                                            "returned",
                                            "consolidated",
                                            "waiting",
                                            "accepted",
                                            "planned",
                                        ),
                                    ),
                                ),
                                name="one_active_request_per_county_programme_and_year",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("call__isnull", True),
                                    models.Q(("county__isnull", False), ("year__isnull", False)),
                                    _connector="OR",
                                ),
                                name="request_under_a_call_names_county_and_year",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RequestWindow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("rank", models.PositiveSmallIntegerField()),
                        ("first_date", models.DateField()),
                        ("end_date", models.DateField()),
                        ("preference", models.FloatField(default=1.0)),
                        (
                            "request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="windows",
                                to="touring.tourrequest",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["rank"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("request"),
                                models.F("rank"),
                                name="window_rank_once_per_request",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("end_date__gt", models.F("first_date"))),
                                name="window_ends_after_it_starts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("preference__gte", 0), ("preference__lte", 1)),
                                name="window_preference_between_0_and_1",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RequestVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "number",
                            models.PositiveIntegerField(
                                help_text="the request's version that held it"
                            ),
                        ),
                        ("wish", models.JSONField()),
                        ("replaced_at", models.DateTimeField()),
                        (
                            "replaced_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="history",
                                to="touring.tourrequest",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["request", "number"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("request"),
                                models.F("number"),
                                name="wish_kept_once_per_version",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RequestStep",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("operation", models.CharField(max_length=20)),
                        ("from_state", models.CharField(blank=True, max_length=12)),
                        ("to_state", models.CharField(max_length=12)),
                        ("level", models.CharField(blank=True, max_length=20)),
                        ("at", models.DateTimeField()),
                        (
                            "note",
                            models.CharField(
                                blank=True,
                                help_text="the reason, where there is one",
                                max_length=300,
                            ),
                        ),
                        (
                            "version",
                            models.PositiveIntegerField(help_text="of the request after the step"),
                        ),
                        ("due_on", models.DateField(blank=True, null=True)),
                        ("escalated_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "actor",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="steps",
                                to="touring.tourrequest",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["request", "pk"],
                        "indexes": [models.Index(fields=["due_on"], name="step_by_due_day")],
                    },
                ),
                migrations.CreateModel(
                    name="RequestAttachment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "file",
                            models.FileField(
                                max_length=200, upload_to=touring.models.papers.paper_path
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("content_type", models.CharField(max_length=100)),
                        ("size", models.PositiveIntegerField(help_text="bytes")),
                        ("sha256", models.CharField(max_length=64)),
                        ("uploaded_at", models.DateTimeField()),
                        (
                            "uploaded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="attachments",
                                to="touring.tourrequest",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["request", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="PublishedChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("before", models.JSONField(blank=True, default=dict)),
                        ("after", models.JSONField(blank=True, default=dict)),
                        (
                            "publication",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="changes",
                                to="touring.publication",
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="touring.tourrequest",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("publication"),
                                models.F("request"),
                                name="change_once_per_publication",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Training",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("first_date", models.DateField()),
                        ("end_date", models.DateField()),
                        ("trained_guides", models.PositiveSmallIntegerField()),
                        ("trainer", models.CharField(blank=True, max_length=100)),
                        ("note", models.CharField(blank=True, max_length=300)),
                        ("recorded_at", models.DateTimeField()),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "stop",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="trainings",
                                to="touring.stop",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["stop", "first_date", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="Unit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "code",
                            models.CharField(
                                help_text="e.g. AH-03; part of addresses",
                                max_length=40,
                                unique=True,
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("set", "流动科技馆（套）"), ("vehicle", "科普大篷车")],
                                default="set",
                                max_length=10,
                            ),
                        ),
                        ("serial", models.CharField(blank=True, help_text="第13套", max_length=40)),
                        ("returns_home", models.BooleanField(default=True)),
                        ("km_per_day", models.FloatField(default=500)),
                        ("free_km", models.FloatField(default=0)),
                        (
                            "max_km",
                            models.FloatField(blank=True, help_text="per season", null=True),
                        ),
                        ("max_days_out", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("rest_days", models.PositiveSmallIntegerField(default=0)),
                        ("is_active", models.BooleanField(default=True)),
                        ("changed_at", models.DateTimeField()),
                        (
                            "exhibition",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="units",
                                to="touring.exhibition",
                            ),
                        ),
                        (
                            "home",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="units_at_home",
                                to="venues.venue",
                            ),
                        ),
                        (
                            "operator",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="venues.organisation",
                            ),
                        ),
                        (
                            "regions",
                            models.ManyToManyField(
                                blank=True, related_name="units", to="venues.region"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["code"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("km_per_day__gt", 0)), name="unit_moves"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("free_km__gte", 0)),
                                name="unit_free_km_not_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StopLock",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("opens_on", models.DateField()),
                        ("reason", models.CharField(blank=True, max_length=200)),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="locks",
                                to="touring.plan",
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                to="touring.tourrequest",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, to="touring.unit"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("plan"), models.F("request"), name="lock_once_per_request"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PlannedStop",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "departs_on",
                            models.DateField(
                                help_text="first travel day; arrives_on when it takes none"
                            ),
                        ),
                        ("arrives_on", models.DateField()),
                        ("opens_on", models.DateField()),
                        ("closes_on", models.DateField(help_text="first day no longer open")),
                        (
                            "leaves_on",
                            models.DateField(help_text="first day no longer at the host"),
                        ),
                        ("is_locked", models.BooleanField(default=False)),
                        (
                            "origin",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="venues.venue",
                            ),
                        ),
                        (
                            "space",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="venues.space",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="stops",
                                to="touring.planversion",
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="touring.tourrequest",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="touring.unit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["unit", "opens_on"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("version"),
                                models.F("request"),
                                name="request_once_per_version",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("arrives_on__lte", models.F("opens_on")),
                                    ("closes_on__lte", models.F("leaves_on")),
                                    ("departs_on__lte", models.F("arrives_on")),
                                    ("opens_on__lt", models.F("closes_on")),
                                ),
                                name="planned_stop_days_in_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Pairing",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("code", models.CharField(max_length=40, unique=True)),
                        ("theme_zh", models.CharField(blank=True, max_length=200)),
                        ("theme_en", models.CharField(blank=True, max_length=200)),
                        ("first_date", models.DateField()),
                        ("end_date", models.DateField()),
                        ("yearly_stops", models.PositiveSmallIntegerField()),
                        ("created_at", models.DateTimeField()),
                        (
                            "donor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pairings",
                                to="venues.organisation",
                            ),
                        ),
                        (
                            "recipient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pairings",
                                to="venues.region",
                            ),
                        ),
                        (
                            "units",
                            models.ManyToManyField(
                                blank=True, related_name="pairings", to="touring.unit"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["code"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("end_date__gt", models.F("first_date"))),
                                name="pairing_ends_after_it_starts",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Move",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("departs_at", models.DateTimeField()),
                        ("arrives_at", models.DateTimeField()),
                        ("carrier", models.CharField(blank=True, max_length=200)),
                        ("km", models.FloatField(blank=True, null=True)),
                        ("crates", models.PositiveSmallIntegerField(default=0)),
                        ("seals", models.CharField(blank=True, max_length=300)),
                        ("courier", models.CharField(blank=True, max_length=100)),
                        ("recorded_at", models.DateTimeField()),
                        (
                            "destination",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="venues.venue",
                            ),
                        ),
                        (
                            "origin",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="venues.venue",
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "stop",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="moves",
                                to="touring.stop",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="moves",
                                to="touring.unit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["departs_at", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("arrives_at__gt", models.F("departs_at"))),
                                name="move_arrives_after_it_departs",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("km__isnull", True), ("km__gte", 0), _connector="OR"
                                ),
                                name="move_km_not_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Hold",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("uid", models.CharField(max_length=80, unique=True)),
                        (
                            "subject",
                            models.CharField(
                                choices=[("unit", "套或车"), ("place", "场地")], max_length=10
                            ),
                        ),
                        ("arrives_on", models.DateField()),
                        ("opens_on", models.DateField()),
                        ("closes_on", models.DateField(help_text="first day no longer open")),
                        ("leaves_on", models.DateField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("live", "有效"),
                                    ("challenged", "被挑战"),
                                    ("confirmed", "已确认"),
                                    ("released", "已释放"),
                                    ("expired", "已过期"),
                                    ("killed", "已失效"),
                                ],
                                default="live",
                                max_length=12,
                            ),
                        ),
                        ("rank", models.PositiveSmallIntegerField(default=1)),
                        ("is_joint_first", models.BooleanField(default=False)),
                        (
                            "expires_on",
                            models.DateField(help_text="first day on which it no longer holds"),
                        ),
                        ("challenged_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "respond_by",
                            models.DateField(blank=True, help_text="last day to answer", null=True),
                        ),
                        ("placed_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("note", models.CharField(blank=True, max_length=200)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("changed_at", models.DateTimeField()),
                        (
                            "challenged_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="challenges",
                                to="touring.hold",
                            ),
                        ),
                        (
                            "placed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "space",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="holds",
                                to="venues.space",
                            ),
                        ),
                        (
                            "venue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="holds",
                                to="venues.venue",
                            ),
                        ),
                        (
                            "stop",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="holds",
                                to="touring.stop",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="holds",
                                to="touring.unit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["arrives_on", "rank", "pk"],
                        "indexes": [
                            models.Index(fields=["unit", "arrives_on"], name="hold_by_unit"),
                            models.Index(fields=["venue", "arrives_on"], name="hold_by_venue"),
                            models.Index(fields=["expires_on"], name="hold_by_expiry"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("arrives_on__lte", models.F("opens_on")),
                                    ("closes_on__lte", models.F("leaves_on")),
                                    ("opens_on__lt", models.F("closes_on")),
                                ),
                                name="hold_days_in_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("rank__gte", 1)), name="hold_rank_from_1"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "challenged"), _negated=True),
                                    models.Q(
                                        ("challenged_at__isnull", False),
                                        ("respond_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="hold_challenged_with_its_clock",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CustomsDocument",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("country", models.CharField(help_text="ISO 3166-1 alpha-2", max_length=2)),
                        ("kind", models.CharField(default="ATA carnet", max_length=40)),
                        ("number", models.CharField(blank=True, max_length=80)),
                        ("first_date", models.DateField()),
                        ("end_date", models.DateField(help_text="first day they no longer cover")),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="customs_documents",
                                to="touring.unit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["unit", "country", "first_date"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("end_date__gt", models.F("first_date"))),
                                name="customs_end_after_they_start",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Crate",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("number", models.CharField(max_length=20)),
                        ("length_cm", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("width_cm", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("height_cm", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("weight_kg", models.FloatField(blank=True, null=True)),
                        ("contents", models.CharField(blank=True, max_length=500)),
                        ("handling", models.CharField(blank=True, max_length=300)),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="crates",
                                to="touring.unit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["unit", "number"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("unit"), models.F("number"), name="crate_once_per_unit"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UnitAvailability",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("first_date", models.DateField()),
                        ("end_date", models.DateField()),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="availability",
                                to="touring.unit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["first_date"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("end_date__gt", models.F("first_date"))),
                                name="availability_ends_after_it_starts",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UnitMaintenance",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("days", models.PositiveSmallIntegerField()),
                        ("earliest_date", models.DateField()),
                        ("latest_date", models.DateField()),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="maintenance",
                                to="touring.unit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["earliest_date"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("latest_date__gt", models.F("earliest_date"))),
                                name="maintenance_has_room",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Vehicle",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("plate", models.CharField(max_length=20, unique=True)),
                        (
                            "model_type",
                            models.CharField(blank=True, help_text="I to IV", max_length=10),
                        ),
                        ("issued_on", models.DateField()),
                        ("seats", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("retired_on", models.DateField(blank=True, null=True)),
                        ("renewal_told_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "unit",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="vehicle",
                                to="touring.unit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["plate"],
                    },
                ),
                migrations.CreateModel(
                    name="ServiceVisit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("day", models.DateField()),
                        (
                            "demand",
                            models.JSONField(
                                help_text="what the point asked for, before the visit"
                            ),
                        ),
                        ("demanded_at", models.DateTimeField()),
                        ("feedback", models.JSONField(blank=True, null=True)),
                        ("feedback_at", models.DateTimeField(blank=True, null=True)),
                        ("people", models.PositiveIntegerField(blank=True, null=True)),
                        ("km", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "demanded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "point",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="service_visits",
                                to="venues.venue",
                            ),
                        ),
                        (
                            "vehicle",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="visits",
                                to="touring.vehicle",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["day", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("vehicle"),
                                models.F("point"),
                                models.F("day"),
                                name="visit_once_per_vehicle_point_and_day",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OdometerReading",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("day", models.DateField()),
                        ("km", models.PositiveIntegerField()),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "vehicle",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="readings",
                                to="touring.vehicle",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["vehicle", "day"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("vehicle"), models.F("day"), name="reading_once_per_day"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ConditionItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("exhibit", models.CharField(help_text="code or name", max_length=100)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("good", "完好"),
                                    ("worn", "有磨损"),
                                    ("damaged", "损坏"),
                                    ("missing", "缺失"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=300)),
                        (
                            "report",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="items",
                                to="touring.conditionreport",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["report", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("report"),
                                models.F("exhibit"),
                                name="exhibit_once_per_report",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FacilityReport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("facts", models.JSONField(blank=True, default=dict)),
                        ("note", models.CharField(blank=True, max_length=1000)),
                        ("submitted_at", models.DateTimeField()),
                        ("approved_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "valid_until",
                            models.DateField(
                                blank=True, help_text="first day it has run out", null=True
                            ),
                        ),
                        (
                            "approved_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "space",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="venues.space",
                            ),
                        ),
                        (
                            "submitted_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "venue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="facility_reports",
                                to="venues.venue",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["venue", "-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("venue"),
                                models.F("number"),
                                name="facility_report_number_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("approved_at__isnull", True), ("valid_until__isnull", True)
                                    ),
                                    models.Q(
                                        ("approved_at__isnull", False),
                                        ("valid_until__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="facility_report_approved_with_its_end",
                            ),
                        ],
                    },
                ),
            ],
        ),
        migrations.AddField(
            model_name="plan",
            name="published_version",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="touring.planversion",
            ),
        ),
        migrations.AddField(
            model_name="planversion",
            name="run",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="version",
                to="touring.run",
            ),
        ),
        migrations.AddField(
            model_name="requestcall",
            name="season",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="calls",
                to="touring.season",
            ),
        ),
        migrations.AddField(
            model_name="plan",
            name="season",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="plans",
                to="touring.season",
            ),
        ),
        migrations.AddField(
            model_name="conditionreport",
            name="stop",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="condition_reports",
                to="touring.stop",
            ),
        ),
        migrations.AddField(
            model_name="stop",
            name="request",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stop",
                to="touring.tourrequest",
            ),
        ),
        migrations.AddField(
            model_name="stop",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="stops", to="touring.unit"
            ),
        ),
        migrations.AddField(
            model_name="season",
            name="units",
            field=models.ManyToManyField(related_name="seasons", to="touring.unit"),
        ),
        migrations.AddConstraint(
            model_name="requestcall",
            constraint=models.UniqueConstraint(
                models.F("season"),
                models.F("programme"),
                models.F("year"),
                name="call_once_per_season_programme_and_year",
            ),
        ),
        migrations.AddIndex(
            model_name="stop",
            index=models.Index(fields=["unit", "arrives_on"], name="stop_by_unit"),
        ),
    ]
