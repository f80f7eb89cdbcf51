import django.db.models.deletion
import venues.operations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "__first__"),
    ]

    operations = [
        venues.operations.CreateModels(
            operations=[
                migrations.CreateModel(
                    name="RateGate",
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
                        ("name", models.CharField(max_length=40, unique=True)),
                        ("opens_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="RegionTag",
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
                        ("code", models.SlugField(max_length=60, unique=True)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="ApiKey",
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
                        ("name", models.CharField(max_length=100)),
                        ("prefix", models.CharField(max_length=12)),
                        ("key_hash", models.CharField(max_length=64, unique=True)),
                        ("scopes", models.JSONField(default=list)),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        ("last_used_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="api_keys",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="FormerAddress",
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
                                help_text="venue, region, exhibition, unit", max_length=20
                            ),
                        ),
                        ("former", models.CharField(max_length=80)),
                        ("current", models.CharField(max_length=80)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("kind"),
                                models.F("former"),
                                name="former_address_once_per_kind",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GeocodeAnswer",
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
                        ("provider", models.CharField(max_length=40)),
                        ("query", models.CharField(max_length=500)),
                        ("lat", models.FloatField(blank=True, null=True)),
                        ("lon", models.FloatField(blank=True, null=True)),
                        ("asked_at", models.DateTimeField(db_index=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("provider"),
                                models.F("query"),
                                name="geocode_answer_once_per_query",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("lat__isnull", True), ("lon__isnull", True)),
                                    models.Q(
                                        ("lat__range", (-90, 90)), ("lon__range", (-180, 180))
                                    ),
                                    _connector="OR",
                                ),
                                name="geocode_answer_coordinates_both_or_neither",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NoticePreference",
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
                            "mail",
                            models.CharField(
                                choices=[
                                    ("at_once", "At Once"),
                                    ("daily", "Daily"),
                                    ("never", "Never"),
                                ],
                                default="at_once",
                                max_length=8,
                            ),
                        ),
                        (
                            "language",
                            models.CharField(
                                choices=[("zh", "中文"), ("en", "English")],
                                default="zh",
                                max_length=2,
                            ),
                        ),
                        (
                            "person",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="notice_preference",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Region",
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
                        ("code", models.CharField(max_length=20, unique=True)),
                        (
                            "country",
                            models.CharField(
                                default="CN", help_text="ISO 3166-1 alpha-2", max_length=2
                            ),
                        ),
                        (
                            "level",
                            models.PositiveSmallIntegerField(
                                choices=[
                                    (0, "nation"),
                                    (1, "province"),
                                    (2, "prefecture"),
                                    (3, "county"),
                                    (4, "township"),
                                ]
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                blank=True, help_text="县, 市辖区, 自治县, ...", max_length=40
                            ),
                        ),
                        ("valid_from", models.DateField(blank=True, null=True)),
                        (
                            "valid_to",
                            models.DateField(
                                blank=True, help_text="first day it is no longer valid", null=True
                            ),
                        ),
                        (
                            "lat",
                            models.FloatField(
                                blank=True, help_text="seat, WGS 84 degrees", null=True
                            ),
                        ),
                        (
                            "lon",
                            models.FloatField(
                                blank=True, help_text="seat, WGS 84 degrees", null=True
                            ),
                        ),
                        ("coordinates_source", models.CharField(blank=True, max_length=40)),
                        ("changed_at", models.DateTimeField()),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="venues.region",
                            ),
                        ),
                        (
                            "replaced_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replaces",
                                to="venues.region",
                            ),
                        ),
                        (
                            "tags",
                            models.ManyToManyField(
                                blank=True, related_name="regions", to="venues.regiontag"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["code"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("lat__isnull", True), ("lon__isnull", True)),
                                    models.Q(
                                        ("lat__range", (-90, 90)), ("lon__range", (-180, 180))
                                    ),
                                    _connector="OR",
                                ),
                                name="region_coordinates_both_or_neither",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("parent", models.F("pk")), _negated=True),
                                name="region_not_its_own_parent",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("replaced_by__isnull", True),
                                    ("valid_to__isnull", False),
                                    _connector="OR",
                                ),
                                name="region_replaced_only_when_closed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Organisation",
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
                            "kind",
                            models.CharField(
                                choices=[
                                    ("association", "Association"),
                                    ("society", "Society"),
                                    ("museum", "Museum"),
                                    ("school", "School"),
                                    ("enterprise", "Enterprise"),
                                    ("university", "University"),
                                    ("government", "Government"),
                                    ("foreign", "Foreign"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "level",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                choices=[
                                    (0, "nation"),
                                    (1, "province"),
                                    (2, "prefecture"),
                                    (3, "county"),
                                    (4, "township"),
                                ],
                                null=True,
                            ),
                        ),
                        ("short_name", models.CharField(blank=True, max_length=80)),
                        ("credit_code", models.CharField(blank=True, max_length=18)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        ("website", models.URLField(blank=True)),
                        ("is_active", models.BooleanField(default=True)),
                        ("changed_at", models.DateTimeField()),
                        (
                            "parent_admin",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="administers",
                                to="venues.organisation",
                            ),
                        ),
                        (
                            "parent_guidance",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="guides",
                                to="venues.organisation",
                            ),
                        ),
                        (
                            "region",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="organisations",
                                to="venues.region",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["slug"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("parent_admin__isnull", True),
                                        models.Q(("parent_admin", models.F("pk")), _negated=True),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("parent_guidance__isnull", True),
                                        models.Q(
                                            ("parent_guidance", models.F("pk")), _negated=True
                                        ),
                                        _connector="OR",
                                    ),
                                ),
                                name="organisation_not_its_own_parent",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HolidayTable",
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
                            "country",
                            models.CharField(
                                default="CN", help_text="ISO 3166-1 alpha-2", max_length=2
                            ),
                        ),
                        ("year", models.PositiveSmallIntegerField()),
                        (
                            "status",
                            models.CharField(
                                choices=[("provisional", "暂定"), ("confirmed", "已公布")],
                                max_length=12,
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                help_text="the notice, or the library", max_length=300
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        (
                            "replaced_at",
                            models.DateTimeField(blank=True, help_text="none: in force", null=True),
                        ),
                        (
                            "uploaded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "region",
                            models.ForeignKey(
                                blank=True,
                                help_text="none: the country",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="venues.region",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["country", "-year", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("country"),
                                models.F("year"),
                                condition=models.Q(
                                    ("region__isnull", True), ("replaced_at__isnull", True)
                                ),
                                name="holiday_table_one_in_force_per_country",
                            ),
                            models.UniqueConstraint(
                                models.F("region"),
                                models.F("year"),
                                condition=models.Q(
                                    ("region__isnull", False), ("replaced_at__isnull", True)
                                ),
                                name="holiday_table_one_in_force_per_region",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RegionIndicator",
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
                        ("name", models.SlugField(max_length=60)),
                        ("year", models.PositiveSmallIntegerField()),
                        ("value", models.FloatField()),
                        ("source", models.CharField(max_length=200)),
                        (
                            "region",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="indicators",
                                to="venues.region",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("region"),
                                models.F("name"),
                                models.F("year"),
                                models.F("source"),
                                name="region_indicator_once_per_source",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RegionPath",
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
                        ("depth", models.PositiveSmallIntegerField()),
                        (
                            "ancestor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="descendant_paths",
                                to="venues.region",
                            ),
                        ),
                        (
                            "descendant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="ancestor_paths",
                                to="venues.region",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["descendant", "ancestor"], name="region_path_upwards"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("ancestor"),
                                models.F("descendant"),
                                name="region_path_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SchoolTerm",
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
                        ("school_year", models.PositiveSmallIntegerField()),
                        ("first_day", models.DateField()),
                        ("end_day", models.DateField(help_text="first day of the vacation")),
                        ("source", models.CharField(max_length=300)),
                        ("changed_at", models.DateTimeField()),
                        (
                            "region",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="school_terms",
                                to="venues.region",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["region", "first_day"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("region"), models.F("first_day"), name="school_term_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("end_day__gt", models.F("first_day"))),
                                name="school_term_ends_after_it_starts",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Upload",
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
                                    ("venues", "场馆"),
                                    ("units", "展品套"),
                                    ("tour-requests", "巡展申报"),
                                    ("events", "活动表"),
                                    ("calendar", "日历文件 (.ics)"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("place", models.CharField(blank=True, max_length=80)),
                        (
                            "name",
                            models.CharField(
                                blank=True, help_text="of the file; only shown", max_length=200
                            ),
                        ),
                        ("content", models.BinaryField()),
                        (
                            "mapping",
                            models.JSONField(
                                blank=True, default=dict, help_text="heading in the file → field"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("checked", "Checked"),
                                    ("committed", "Committed"),
                                    ("undone", "Undone"),
                                ],
                                default="checked",
                                max_length=10,
                            ),
                        ),
                        ("report", models.JSONField(default=dict)),
                        ("journal", models.JSONField(blank=True, default=dict)),
                        ("created_at", models.DateTimeField()),
                        ("committed_at", models.DateTimeField(blank=True, null=True)),
                        ("undone_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="uploads",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("committed_at__isnull", True), ("state", "checked")),
                                    models.Q(
                                        models.Q(("state", "checked"), _negated=True),
                                        ("committed_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="upload_committed_says_when",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Venue",
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
                            "kind",
                            models.CharField(
                                choices=[
                                    ("science_museum", "科技馆"),
                                    ("rural_school_museum", "农村中学科技馆"),
                                    ("base", "科普教育基地"),
                                    ("station", "新时代文明实践站"),
                                    ("service_centre", "党群/社区服务中心"),
                                    ("hub", "资源集散中心"),
                                    ("school", "学校"),
                                    ("hall", "展厅、体育馆、礼堂"),
                                    ("service_point", "服务点"),
                                    ("digital", "数字科技馆"),
                                ],
                                max_length=30,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("planned", "规划中"),
                                    ("under_construction", "建设中"),
                                    ("open", "开放"),
                                    ("closed", "关闭"),
                                ],
                                default="open",
                                max_length=20,
                            ),
                        ),
                        ("opened_on", models.DateField(blank=True, null=True)),
                        (
                            "meets_standard",
                            models.BooleanField(default=False, help_text="达标科技馆"),
                        ),
                        ("address_zh", models.CharField(blank=True, max_length=300)),
                        ("address_en", models.CharField(blank=True, max_length=300)),
                        (
                            "lat",
                            models.FloatField(blank=True, help_text="WGS 84 degrees", null=True),
                        ),
                        (
                            "lon",
                            models.FloatField(blank=True, help_text="WGS 84 degrees", null=True),
                        ),
                        (
                            "coordinates_source",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("survey", "Survey"),
                                    ("operator", "Operator"),
                                    ("geocoder", "Geocoder"),
                                    ("region_seat", "Region Seat"),
                                    ("dataset", "Dataset"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "geocoding",
                            models.CharField(
                                choices=[
                                    ("not_needed", "Not Needed"),
                                    ("pending", "Pending"),
                                    ("found", "Found"),
                                    ("not_found", "Not Found"),
                                ],
                                default="not_needed",
                                max_length=12,
                            ),
                        ),
                        (
                            "timezone",
                            models.CharField(
                                default="Asia/Shanghai", help_text="IANA id", max_length=60
                            ),
                        ),
                        ("phone", models.CharField(blank=True, max_length=60)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("website", models.URLField(blank=True)),
                        ("area_m2", models.FloatField(blank=True, null=True)),
                        ("clear_height_m", models.FloatField(blank=True, null=True)),
                        ("floor", models.SmallIntegerField(blank=True, null=True)),
                        ("floor_load_kg_m2", models.FloatField(blank=True, null=True)),
                        ("power_kw", models.FloatField(blank=True, null=True)),
                        ("three_phase", models.BooleanField(default=False)),
                        ("door_width_m", models.FloatField(blank=True, null=True)),
                        ("door_height_m", models.FloatField(blank=True, null=True)),
                        ("lift_load_kg", models.FloatField(blank=True, null=True)),
                        (
                            "truck_length_m",
                            models.FloatField(
                                blank=True, help_text="longest truck that fits", null=True
                            ),
                        ),
                        ("crate_store_m2", models.FloatField(blank=True, null=True)),
                        ("climate_class", models.PositiveSmallIntegerField(default=0)),
                        ("security_rating", models.PositiveSmallIntegerField(default=0)),
                        ("has_hvac", models.BooleanField(default=False)),
                        ("has_network", models.BooleanField(default=False)),
                        (
                            "is_accessible",
                            models.BooleanField(default=False, help_text="step-free access"),
                        ),
                        ("capacity_at_once", models.PositiveIntegerField(blank=True, null=True)),
                        ("capacity_per_day", models.PositiveIntegerField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("changed_at", models.DateTimeField()),
                        (
                            "organisation",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="venues",
                                to="venues.organisation",
                            ),
                        ),
                        (
                            "region",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="venues",
                                to="venues.region",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["slug"],
                        "indexes": [
                            models.Index(fields=["lat", "lon"], name="venue_by_coordinates")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("coordinates_source", ""),
                                        ("lat__isnull", True),
                                        ("lon__isnull", True),
                                    ),
                                    models.Q(
                                        ("lat__range", (-90, 90)),
                                        ("lon__range", (-180, 180)),
                                        models.Q(("coordinates_source", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="venue_coordinates_both_or_neither",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("area_m2__isnull", True), ("area_m2__gte", 0), _connector="OR"
                                ),
                                name="venue_area_m2_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("clear_height_m__isnull", True),
                                    ("clear_height_m__gte", 0),
                                    _connector="OR",
                                ),
                                name="venue_clear_height_m_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("floor_load_kg_m2__isnull", True),
                                    ("floor_load_kg_m2__gte", 0),
                                    _connector="OR",
                                ),
                                name="venue_floor_load_kg_m2_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("power_kw__isnull", True),
                                    ("power_kw__gte", 0),
                                    _connector="OR",
                                ),
                                name="venue_power_kw_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("door_width_m__isnull", True),
                                    ("door_width_m__gte", 0),
                                    _connector="OR",
                                ),
                                name="venue_door_width_m_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("door_height_m__isnull", True),
                                    ("door_height_m__gte", 0),
                                    _connector="OR",
                                ),
                                name="venue_door_height_m_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("lift_load_kg__isnull", True),
                                    ("lift_load_kg__gte", 0),
                                    _connector="OR",
                                ),
                                name="venue_lift_load_kg_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("truck_length_m__isnull", True),
                                    ("truck_length_m__gte", 0),
                                    _connector="OR",
                                ),
                                name="venue_truck_length_m_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("crate_store_m2__isnull", True),
                                    ("crate_store_m2__gte", 0),
                                    _connector="OR",
                                ),
                                name="venue_crate_store_m2_not_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Space",
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
                        ("code", models.SlugField(max_length=40)),
                        ("name_zh", models.CharField(max_length=120)),
                        ("name_en", models.CharField(blank=True, max_length=120)),
                        ("area_m2", models.FloatField(blank=True, null=True)),
                        ("clear_height_m", models.FloatField(blank=True, null=True)),
                        ("capacity", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "venue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="spaces",
                                to="venues.venue",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["venue", "code"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("venue"),
                                models.F("code"),
                                name="space_code_once_per_venue",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OpeningRule",
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
                        ("document", models.JSONField()),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("changed_at", models.DateTimeField()),
                        (
                            "changed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "venue",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="opening_rule",
                                to="venues.venue",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="OpeningChange",
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
                            "country",
                            models.CharField(
                                blank=True, help_text="ISO 3166-1 alpha-2", max_length=2
                            ),
                        ),
                        ("noted_at", models.DateTimeField()),
                        (
                            "venue",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                to="venues.venue",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("country", ""), ("venue__isnull", False)),
                                    models.Q(
                                        ("venue__isnull", True),
                                        models.Q(("country", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="opening_change_of_a_venue_or_a_country",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Membership",
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
                            "role",
                            models.CharField(
                                choices=[
                                    ("administrator", "管理员"),
                                    ("nation_officer", "国家级业务人员"),
                                    ("province_officer", "省级业务人员"),
                                    ("prefecture_officer", "市级业务人员"),
                                    ("county_officer", "县级业务人员"),
                                    ("tour_planner", "巡展计划员"),
                                    ("hub_keeper", "集散中心管理员"),
                                    ("operator", "巡展执行人员"),
                                    ("museum_publisher", "场馆发布员"),
                                    ("museum_editor", "场馆编辑"),
                                    ("host_contact", "承办联系人"),
                                    ("recommender", "推荐人"),
                                    ("information_officer", "科普信息员"),
                                    ("paired_donor", "结对援助方"),
                                    ("auditor", "审计员"),
                                    ("reader", "只读人员"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("valid_from", models.DateField(blank=True, null=True)),
                        ("valid_to", models.DateField(blank=True, null=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                to="venues.organisation",
                            ),
                        ),
                        (
                            "region",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                to="venues.region",
                            ),
                        ),
                        (
                            "venue",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                to="venues.venue",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("organisation__isnull", True),
                                        ("region__isnull", False),
                                        ("venue__isnull", True),
                                    ),
                                    models.Q(
                                        ("organisation__isnull", False),
                                        ("region__isnull", True),
                                        ("venue__isnull", True),
                                    ),
                                    models.Q(
                                        ("organisation__isnull", True),
                                        ("region__isnull", True),
                                        ("venue__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="membership_has_exactly_one_scope",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_from__isnull", True),
                                    ("valid_to__isnull", True),
                                    ("valid_to__gt", models.F("valid_from")),
                                    _connector="OR",
                                ),
                                name="membership_ends_after_it_starts",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Closure",
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
                        ("end_date", models.DateField(help_text="first day open again")),
                        ("reason_zh", models.CharField(blank=True, max_length=200)),
                        ("reason_en", models.CharField(blank=True, max_length=200)),
                        (
                            "space",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                to="venues.space",
                            ),
                        ),
                        (
                            "venue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="closures",
                                to="venues.venue",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["first_date", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("end_date__gt", models.F("first_date"))),
                                name="closure_ends_after_it_starts",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AuditEntry",
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
                        ("at", models.DateTimeField()),
                        ("actor_id", models.BigIntegerField(blank=True, null=True)),
                        ("actor_name", models.CharField(max_length=150)),
                        (
                            "via",
                            models.CharField(
                                choices=[
                                    ("session", "Session"),
                                    ("key", "Key"),
                                    ("task", "Task"),
                                    ("mail", "Mail"),
                                    ("command", "Command"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("key_prefix", models.CharField(blank=True, max_length=12)),
                        ("address", models.GenericIPAddressField(blank=True, null=True)),
                        ("request_id", models.CharField(blank=True, max_length=64)),
                        ("action", models.CharField(max_length=60)),
                        ("subject_type", models.CharField(max_length=60)),
                        ("subject_id", models.CharField(max_length=64)),
                        ("subject_label", models.CharField(max_length=200)),
                        ("before", models.JSONField(blank=True, default=dict)),
                        ("after", models.JSONField(blank=True, default=dict)),
                        ("note", models.TextField(blank=True)),
                        (
                            "organisation",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="venues.organisation",
                            ),
                        ),
                        (
                            "region",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="venues.region",
                            ),
                        ),
                        (
                            "venue",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="venues.venue",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "audit entries",
                        "ordering": ["-at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["subject_type", "subject_id", "at"], name="audit_of_subject"
                            ),
                            models.Index(fields=["actor_id", "at"], name="audit_of_actor"),
                            models.Index(fields=["at", "id"], name="audit_in_time"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HolidayDay",
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
                        ("day", models.DateField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("statutory", "法定节假日"),
                                    ("bridge", "调休放假"),
                                    ("makeup_workday", "补班"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("in_lieu_of", models.DateField(blank=True, null=True)),
                        (
                            "table",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="days",
                                to="venues.holidaytable",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["day"],
                        "indexes": [models.Index(fields=["day"], name="holiday_by_day")],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("table"),
                                models.F("day"),
                                name="holiday_day_once_per_table",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IdempotencyRecord",
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
                        ("key", models.CharField(max_length=200)),
                        (
                            "fingerprint",
                            models.CharField(
                                help_text="SHA-256 of method, path and body", max_length=64
                            ),
                        ),
                        ("status", models.PositiveSmallIntegerField(null=True)),
                        ("body", models.BinaryField(default=b"")),
                        ("content_type", models.CharField(blank=True, max_length=80)),
                        ("created_at", models.DateTimeField(db_index=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("user"),
                                models.F("key"),
                                name="idempotency_key_once_per_user",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Job",
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
                                    ("planning_run", "Planning Run"),
                                    ("subscription_refresh", "Subscription Refresh"),
                                    ("network_import", "Network Import"),
                                ],
                                max_length=30,
                            ),
                        ),
                        ("subject", models.CharField(max_length=80)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("queued", "Queued"),
                                    ("running", "Running"),
                                    ("done", "Done"),
                                    ("failed", "Failed"),
                                    ("cancelled", "Cancelled"),
                                    ("quarantined", "Quarantined"),
                                ],
                                default="queued",
                                max_length=12,
                            ),
                        ),
                        ("progress", models.JSONField(blank=True, default=dict)),
                        ("result", models.JSONField(blank=True, default=dict)),
                        ("error", models.TextField(blank=True)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("max_attempts", models.PositiveSmallIntegerField(default=3)),
                        ("fence", models.PositiveIntegerField(default=0)),
                        ("lease_owner", models.CharField(blank=True, max_length=80)),
                        ("lease_until", models.DateTimeField(blank=True, null=True)),
                        ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                        ("cancel_requested_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField()),
                        ("started_at", models.DateTimeField(blank=True, null=True)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
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
                        "indexes": [
                            models.Index(
                                fields=["state", "lease_until"], name="job_by_state_and_lease"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("kind"),
                                models.F("subject"),
                                condition=models.Q(("state__in", ["queued", "running"])),
                                name="job_active_once_per_subject",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "running"), _negated=True),
                                    ("lease_until__isnull", False),
                                    _connector="OR",
                                ),
                                name="job_running_has_a_lease",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("attempts__lte", models.F("max_attempts"))),
                                name="job_attempts_within_limit",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Notice",
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
                        ("kind", models.SlugField(max_length=60)),
                        ("key", models.CharField(max_length=200)),
                        ("title_zh", models.CharField(max_length=200)),
                        ("title_en", models.CharField(blank=True, max_length=200)),
                        ("body_zh", models.TextField()),
                        ("body_en", models.TextField(blank=True)),
                        ("path", models.CharField(max_length=300)),
                        ("created_at", models.DateTimeField()),
                        ("read_at", models.DateTimeField(blank=True, null=True)),
                        ("mailed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="notices",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at", "-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("mailed_at__isnull", True)),
                                fields=["person", "created_at"],
                                name="notice_awaiting_mail",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("person"),
                                models.F("key"),
                                name="notice_once_per_person_and_key",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OrganisationPath",
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
                            "ancestor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="descendant_paths",
                                to="venues.organisation",
                            ),
                        ),
                        (
                            "descendant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="ancestor_paths",
                                to="venues.organisation",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["descendant", "ancestor"], name="organisation_path_upwards"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("ancestor"),
                                models.F("descendant"),
                                name="organisation_path_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ancestor", models.F("descendant")), _negated=True
                                ),
                                name="organisation_path_leads_elsewhere",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
