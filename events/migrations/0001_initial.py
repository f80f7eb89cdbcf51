import django.db.models.deletion
import events.enums
import events.itip.party
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
                    name="Change",
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
                        ("event_id", models.BigIntegerField(db_index=True, null=True)),
                        ("facet", models.CharField(blank=True, max_length=140)),
                    ],
                ),
                migrations.CreateModel(
                    name="Event",
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
                        ("uid", models.CharField(max_length=255)),
                        (
                            "public_uid",
                            models.CharField(
                                help_text="includes the source; what feeds write",
                                max_length=255,
                                unique=True,
                            ),
                        ),
                        ("title_zh", models.CharField(max_length=300)),
                        ("title_en", models.CharField(blank=True, max_length=300)),
                        ("description_zh", models.TextField(blank=True)),
                        ("description_en", models.TextField(blank=True)),
                        (
                            "location_zh",
                            models.CharField(
                                blank=True,
                                help_text="only where it differs from the venue's address",
                                max_length=300,
                            ),
                        ),
                        ("location_en", models.CharField(blank=True, max_length=300)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("exhibition", "exhibition"),
                                    ("show", "show"),
                                    ("lecture", "lecture"),
                                    ("workshop", "workshop"),
                                    ("course", "course"),
                                    ("open_day", "open day"),
                                    ("camp", "camp"),
                                    ("contest", "contest"),
                                    ("caravan_visit", "caravan visit"),
                                    ("online", "online"),
                                    ("logistics", "logistics"),
                                    ("other", "other"),
                                ],
                                default=events.enums.EventKind["OTHER"],
                                max_length=20,
                            ),
                        ),
                        (
                            "moderation",
                            models.CharField(
                                choices=[
                                    ("draft", "draft"),
                                    ("submitted", "submitted"),
                                    ("returned", "returned"),
                                    ("published", "published"),
                                    ("archived", "archived"),
                                ],
                                default=events.enums.Moderation["DRAFT"],
                                max_length=12,
                            ),
                        ),
                        (
                            "return_reason",
                            models.TextField(
                                blank=True, help_text="to its editors; none unless returned"
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("scheduled", "scheduled"),
                                    ("tentative", "tentative"),
                                    ("postponed", "postponed"),
                                    ("rescheduled", "rescheduled"),
                                    ("moved_online", "moved online"),
                                    ("full", "full"),
                                    ("cancelled", "cancelled"),
                                ],
                                default=events.enums.Status["SCHEDULED"],
                                max_length=12,
                            ),
                        ),
                        (
                            "visibility",
                            models.CharField(
                                choices=[("public", "public"), ("hosts", "hosts")],
                                default=events.enums.Visibility["PUBLIC"],
                                max_length=8,
                            ),
                        ),
                        (
                            "audiences",
                            models.JSONField(
                                blank=True, default=list, help_text="events.enums.Audience"
                            ),
                        ),
                        (
                            "sectors",
                            models.JSONField(
                                blank=True, default=list, help_text="events.enums.Sector"
                            ),
                        ),
                        (
                            "languages",
                            models.JSONField(
                                blank=True, default=list, help_text="BCP 47: spoken or signed"
                            ),
                        ),
                        (
                            "grades",
                            models.JSONField(
                                blank=True,
                                default=list,
                                help_text="school years 1 to 12; 0 is kindergarten",
                            ),
                        ),
                        (
                            "age_min",
                            models.PositiveSmallIntegerField(
                                blank=True, help_text="years", null=True
                            ),
                        ),
                        (
                            "age_max",
                            models.PositiveSmallIntegerField(
                                blank=True, help_text="included", null=True
                            ),
                        ),
                        (
                            "accessibility",
                            models.JSONField(
                                blank=True, default=list, help_text="events.enums.Accessibility"
                            ),
                        ),
                        (
                            "attendance",
                            models.CharField(
                                choices=[
                                    ("on_site", "on site"),
                                    ("online", "online"),
                                    ("hybrid", "hybrid"),
                                ],
                                default=events.enums.Attendance["ON_SITE"],
                                max_length=8,
                            ),
                        ),
                        (
                            "access_url",
                            models.URLField(
                                blank=True, help_text="where to join online", max_length=500
                            ),
                        ),
                        ("url", models.URLField(blank=True, max_length=500)),
                        ("registration_url", models.URLField(blank=True, max_length=500)),
                        (
                            "contact_zh",
                            models.CharField(
                                blank=True, help_text="shown to everybody", max_length=300
                            ),
                        ),
                        ("contact_en", models.CharField(blank=True, max_length=300)),
                        (
                            "is_free",
                            models.BooleanField(blank=True, help_text="empty: unknown", null=True),
                        ),
                        (
                            "price_amount",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                help_text="the lowest",
                                max_digits=10,
                                null=True,
                            ),
                        ),
                        (
                            "price_currency",
                            models.CharField(blank=True, help_text="ISO 4217", max_length=3),
                        ),
                        (
                            "price_zh",
                            models.CharField(blank=True, help_text="in words", max_length=300),
                        ),
                        ("price_en", models.CharField(blank=True, max_length=300)),
                        ("start_date", models.DateField(help_text="in `timezone`")),
                        (
                            "start_time",
                            models.TimeField(
                                blank=True, help_text="in `timezone`; none: all day", null=True
                            ),
                        ),
                        (
                            "end_date",
                            models.DateField(help_text="half-open; all-day: first day it is over"),
                        ),
                        ("end_time", models.TimeField(blank=True, null=True)),
                        ("timezone", models.CharField(help_text="IANA id", max_length=60)),
                        ("rrule", models.CharField(blank=True, max_length=2000)),
                        (
                            "rdates",
                            models.JSONField(
                                blank=True, default=list, help_text="ISO wall-clock starts"
                            ),
                        ),
                        (
                            "exdates",
                            models.JSONField(
                                blank=True, default=list, help_text="ISO wall-clock starts"
                            ),
                        ),
                        (
                            "lunar_rule",
                            models.CharField(
                                blank=True,
                                help_text="every year on 腊月廿三; without `rrule`",
                                max_length=8,
                            ),
                        ),
                        (
                            "lunar_until",
                            models.DateField(
                                blank=True, help_text="last day `lunar_rule` gives", null=True
                            ),
                        ),
                        (
                            "on_closed_days",
                            models.CharField(
                                choices=[("keep", "keep"), ("cancel", "cancel"), ("skip", "skip")],
                                default=events.enums.ClosedDays["KEEP"],
                                max_length=8,
                            ),
                        ),
                        (
                            "pauses",
                            models.JSONField(
                                blank=True, default=list, help_text="spans of days without dates"
                            ),
                        ),
                        (
                            "overrides",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                help_text="original ISO start → changed fields of that date",
                            ),
                        ),
                        (
                            "cancelled_from",
                            models.DateTimeField(
                                blank=True,
                                help_text="dates that end then or later do not take place",
                                null=True,
                            ),
                        ),
                        (
                            "previous_starts",
                            models.JSONField(
                                blank=True,
                                default=list,
                                help_text="moments (ISO) it was announced for before, in order",
                            ),
                        ),
                        (
                            "published_at",
                            models.DateTimeField(
                                blank=True,
                                help_text="when all could see it first; none: never",
                                null=True,
                            ),
                        ),
                        ("zh_changed_at", models.DateTimeField(blank=True, null=True)),
                        ("en_changed_at", models.DateTimeField(blank=True, null=True)),
                        ("sequence", models.PositiveIntegerField(default=0)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        (
                            "venue",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="venues.venue",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["start_date", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["venue", "moderation", "visibility"], name="event_by_venue"
                            ),
                            models.Index(fields=["changed_at"], name="event_by_change"),
                            models.Index(
                                fields=["moderation", "visibility", "start_date", "id"],
                                name="event_by_start",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("end_time__isnull", True), ("start_time__isnull", True)
                                    ),
                                    models.Q(
                                        ("end_time__isnull", False), ("start_time__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="event_times_both_or_neither",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("end_date__gt", models.F("start_date")),
                                    models.Q(
                                        ("end_date", models.F("start_date")),
                                        ("end_time__gte", models.F("start_time")),
                                    ),
                                    _connector="OR",
                                ),
                                name="event_does_not_end_before_it_starts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("cancelled_from__isnull", False),
                                        ("status", events.enums.Status["CANCELLED"]),
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("status", events.enums.Status["CANCELLED"]),
                                            _negated=True,
                                        ),
                                        ("cancelled_from__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="event_cancelled_says_from_when",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("rrule", ""), ("lunar_rule", ""), _connector="OR"
                                ),
                                name="event_repeats_by_one_calendar",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("age_min__isnull", True),
                                    ("age_max__isnull", True),
                                    ("age_max__gte", models.F("age_min")),
                                    _connector="OR",
                                ),
                                name="event_age_from_young_to_old",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("price_amount__isnull", True), ("price_currency", "")
                                    ),
                                    models.Q(
                                        ("is_free", False),
                                        ("price_amount__gt", 0),
                                        models.Q(("price_currency", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="event_with_a_price_is_not_free",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("return_reason", ""),
                                    ("moderation", events.enums.Moderation["RETURNED"]),
                                    _connector="OR",
                                ),
                                name="event_reason_only_when_returned",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FeedRevision",
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
                            "key",
                            models.CharField(
                                help_text="address, options, language", max_length=200, unique=True
                            ),
                        ),
                        ("etag", models.CharField(max_length=64)),
                        ("changed_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="LiveFeed",
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
                        ("key", models.CharField(max_length=200, unique=True)),
                        (
                            "needs",
                            models.JSONField(
                                help_text="groups of facets; its events have one of each"
                            ),
                        ),
                        (
                            "recipe",
                            models.JSONField(
                                help_text="kind, subject, language, options; to find it again"
                            ),
                        ),
                        ("mark", models.BigIntegerField(db_index=True, default=0)),
                        ("polled_at", models.DateTimeField(db_index=True)),
                        ("dirty_since", models.DateTimeField(db_index=True, null=True)),
                        (
                            "published_on",
                            models.DateField(help_text="the day its file was made for", null=True),
                        ),
                        (
                            "published_as",
                            models.CharField(
                                blank=True, help_text="name of its file", max_length=250
                            ),
                        ),
                        ("published_etag", models.CharField(blank=True, max_length=64)),
                    ],
                ),
                migrations.CreateModel(
                    name="SavedSearch",
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
                        ("code", models.CharField(max_length=16, unique=True)),
                        (
                            "query",
                            models.CharField(
                                help_text="canonical query string", max_length=2000, unique=True
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Campaign",
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
                                    ("science_day", "science day"),
                                    ("science_month", "science month"),
                                    ("science_week", "science week"),
                                    ("festival", "festival"),
                                    ("joint_action", "joint action"),
                                    ("other", "other"),
                                ],
                                default=events.enums.CampaignKind["OTHER"],
                                max_length=16,
                            ),
                        ),
                        ("theme_zh", models.CharField(blank=True, max_length=300)),
                        ("theme_en", models.CharField(blank=True, max_length=300)),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField(help_text="not included")),
                        ("registration_opens_on", models.DateField(blank=True, null=True)),
                        (
                            "registration_closes_on",
                            models.DateField(blank=True, help_text="not included", null=True),
                        ),
                        (
                            "materials_due_on",
                            models.DateField(blank=True, help_text="the last day", null=True),
                        ),
                        (
                            "admission",
                            models.CharField(
                                choices=[
                                    ("anyone", "anyone"),
                                    ("partners", "partners"),
                                    ("nobody", "nobody"),
                                ],
                                default=events.enums.Admission["PARTNERS"],
                                max_length=10,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "draft"),
                                    ("announced", "announced"),
                                    ("closed", "closed"),
                                ],
                                default=events.enums.CampaignState["DRAFT"],
                                max_length=10,
                            ),
                        ),
                        ("url", models.URLField(blank=True, max_length=500)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        (
                            "lead",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="leads",
                                to="venues.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-starts_on", "slug"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                                name="campaign_ends_after_it_starts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("registration_opens_on__isnull", True),
                                    ("registration_closes_on__isnull", True),
                                    (
                                        "registration_closes_on__gt",
                                        models.F("registration_opens_on"),
                                    ),
                                    _connector="OR",
                                ),
                                name="campaign_registration_closes_after_it_opens",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CampaignPartner",
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
                                    ("host", "host"),
                                    ("undertaker", "undertaker"),
                                    ("co_organiser", "co organiser"),
                                    ("guiding_unit", "guiding unit"),
                                    ("sponsor", "sponsor"),
                                ],
                                default=events.enums.OrganiserRole["CO_ORGANISER"],
                                max_length=16,
                            ),
                        ),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="partners",
                                to="events.campaign",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="partnerships",
                                to="venues.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["organisation__slug"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("campaign"),
                                models.F("organisation"),
                                name="campaign_partner_once_per_campaign",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EventIndex",
                    fields=[
                        (
                            "event",
                            models.OneToOneField(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="index",
                                serialize=False,
                                to="events.event",
                            ),
                        ),
                        (
                            "terms",
                            models.TextField(help_text="events.queries.words, separated by blanks"),
                        ),
                        (
                            "facets",
                            models.TextField(help_text="events.queries.index, separated by blanks"),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="EventImage",
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
                        ("position", models.PositiveSmallIntegerField(default=0)),
                        ("url", models.URLField(max_length=500)),
                        ("alt_zh", models.CharField(blank=True, max_length=300)),
                        ("alt_en", models.CharField(blank=True, max_length=300)),
                        (
                            "credit",
                            models.CharField(blank=True, help_text="who made it", max_length=200),
                        ),
                        (
                            "licence",
                            models.CharField(
                                choices=[
                                    ("cc0", "cc0"),
                                    ("cc_by", "cc by"),
                                    ("cc_by_sa", "cc by sa"),
                                    ("press", "press"),
                                    ("own_pages", "own pages"),
                                    ("unknown", "unknown"),
                                ],
                                default=events.enums.ImageLicence["UNKNOWN"],
                                max_length=12,
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="images",
                                to="events.event",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("event"),
                                models.F("url"),
                                name="event_image_once_per_event",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        (
                                            "licence__in",
                                            [
                                                events.enums.ImageLicence["CC_BY"],
                                                events.enums.ImageLicence["CC_BY_SA"],
                                            ],
                                        ),
                                        _negated=True,
                                    ),
                                    models.Q(("credit", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="event_image_attribution_has_somebody_to_name",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EventOrganiser",
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
                                    ("host", "host"),
                                    ("undertaker", "undertaker"),
                                    ("co_organiser", "co organiser"),
                                    ("guiding_unit", "guiding unit"),
                                    ("sponsor", "sponsor"),
                                ],
                                default=events.enums.OrganiserRole["HOST"],
                                max_length=16,
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="organisers",
                                to="events.event",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="organised",
                                to="venues.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("event"),
                                models.F("organisation"),
                                models.F("role"),
                                name="event_organiser_once_per_role",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EventReference",
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
                        ("refid", models.CharField(max_length=120)),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="references",
                                to="events.event",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["refid", "event"], name="reference_by_refid")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("event"),
                                models.F("refid"),
                                name="reference_once_per_event",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FeedReach",
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
                            "path",
                            models.CharField(
                                help_text="the feed's address without its query", max_length=300
                            ),
                        ),
                        ("day", models.DateField(help_text="in UTC")),
                        ("polls", models.PositiveIntegerField(default=0)),
                        ("sketch", models.BinaryField(help_text="256 registers of a HyperLogLog")),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("path"), models.F("day"), name="feed_reach_once_per_day"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FiledUnder",
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
                        ("facet", models.CharField(max_length=140)),
                        (
                            "feed",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="filed_under",
                                to="events.livefeed",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("facet"),
                                models.F("feed"),
                                name="feed_filed_once_under_facet",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LocalEdit",
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
                            "field",
                            models.CharField(
                                help_text="as in events.services.policies", max_length=40
                            ),
                        ),
                        ("source_value", models.JSONField(blank=True, default=dict)),
                        ("edited_at", models.DateTimeField()),
                        ("is_firm", models.BooleanField(default=False)),
                        (
                            "edited_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="local_edits",
                                to="events.event",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("event"),
                                models.F("field"),
                                name="local_edit_once_per_field",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Occurrence",
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
                        ("key", models.CharField(blank=True, max_length=24)),
                        (
                            "original_start",
                            models.CharField(help_text="ISO wall clock, or a date", max_length=19),
                        ),
                        (
                            "start_date",
                            models.DateField(help_text="wall clock in the event's zone"),
                        ),
                        ("end_date", models.DateField(help_text="last day touched plus one")),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("is_cancelled", models.BooleanField(default=False)),
                        (
                            "reason_zh",
                            models.CharField(
                                blank=True,
                                help_text="why: its venue is closed, or the series pauses",
                                max_length=300,
                            ),
                        ),
                        ("reason_en", models.CharField(blank=True, max_length=300)),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "event",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="occurrences",
                                to="events.event",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["starts_at", "event_id"],
                        "indexes": [
                            models.Index(
                                fields=["starts_at", "ends_at"], name="occurrence_by_time"
                            ),
                            models.Index(
                                fields=["start_date", "end_date"], name="occurrence_by_day"
                            ),
                            models.Index(
                                fields=["event", "end_date", "start_date"],
                                name="occurrence_by_event",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("event"),
                                models.F("key"),
                                name="occurrence_key_once_per_event",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gte", models.F("starts_at"))),
                                name="occurrence_does_not_end_before_it_starts",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Fragment",
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
                        ("event_id", models.BigIntegerField(db_index=True)),
                        ("language", models.CharField(max_length=2)),
                        (
                            "runs",
                            models.CharField(
                                help_text="how long runs are shown: events.feeds.feed", max_length=8
                            ),
                        ),
                        (
                            "made_by",
                            models.CharField(
                                help_text="the code and settings that wrote it", max_length=16
                            ),
                        ),
                        ("digest", models.CharField(help_text="of the bytes", max_length=32)),
                        (
                            "head",
                            models.TextField(
                                help_text="what calendars ask of it: events.feeds.fragments.Head"
                            ),
                        ),
                        ("data", models.BinaryField()),
                        (
                            "occurrence",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="fragments",
                                to="events.occurrence",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("occurrence"),
                                models.F("language"),
                                models.F("runs"),
                                name="fragment_once_per_manner",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OutgoingMail",
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
                        ("key", models.CharField(max_length=200, unique=True)),
                        ("message_id", models.CharField(max_length=200, unique=True)),
                        ("recipient", models.EmailField(max_length=254)),
                        ("subject", models.CharField(max_length=300)),
                        ("body", models.TextField()),
                        ("html", models.TextField(blank=True)),
                        ("sender", models.CharField(blank=True, max_length=300)),
                        ("holds_secret", models.BooleanField(default=False)),
                        ("calendar", models.BinaryField(blank=True, default=b"")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("queued", "Queued"),
                                    ("sent", "Sent"),
                                    ("failed", "Failed"),
                                ],
                                default="queued",
                                max_length=8,
                            ),
                        ),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("error", models.TextField(blank=True)),
                        ("created_at", models.DateTimeField()),
                        ("next_attempt_at", models.DateTimeField()),
                        (
                            "attempted_at",
                            models.DateTimeField(blank=True, db_index=True, null=True),
                        ),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["state", "next_attempt_at"], name="mail_by_state_and_time"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Invitation",
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
                        ("address", models.EmailField(help_text="lower case", max_length=254)),
                        ("name", models.CharField(blank=True, max_length=200)),
                        ("language", models.CharField(default="zh", max_length=2)),
                        ("nonce", models.CharField(max_length=32)),
                        ("token_hash", models.CharField(max_length=64, unique=True)),
                        ("record", models.JSONField(default=dict)),
                        ("sequence", models.PositiveIntegerField(default=0)),
                        (
                            "said",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "nothing yet"),
                                    ("REQUEST", "invited"),
                                    ("CANCEL", "withdrawn"),
                                ],
                                default="",
                                max_length=8,
                            ),
                        ),
                        ("due_at", models.DateTimeField(blank=True, null=True)),
                        ("told_record", models.JSONField(blank=True, default=dict)),
                        ("told_sequence", models.PositiveIntegerField(default=0)),
                        (
                            "told",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "nothing yet"),
                                    ("REQUEST", "invited"),
                                    ("CANCEL", "withdrawn"),
                                ],
                                default="",
                                max_length=8,
                            ),
                        ),
                        ("told_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "answer",
                            models.CharField(
                                choices=[
                                    ("NEEDS-ACTION", "needs action"),
                                    ("ACCEPTED", "accepted"),
                                    ("DECLINED", "declined"),
                                    ("TENTATIVE", "tentative"),
                                    ("DELEGATED", "delegated"),
                                ],
                                default=events.itip.party.PartStat["NEEDS_ACTION"],
                                max_length=12,
                            ),
                        ),
                        (
                            "answered_at",
                            models.DateTimeField(
                                blank=True, help_text="by the sender's clock", null=True
                            ),
                        ),
                        ("answered_question", models.CharField(blank=True, max_length=32)),
                        (
                            "comment",
                            models.TextField(blank=True, help_text="plain text of the invitee"),
                        ),
                        ("delegated_to", models.CharField(blank=True, max_length=254)),
                        (
                            "proposal",
                            models.JSONField(
                                blank=True, default=dict, help_text="other times asked for"
                            ),
                        ),
                        ("is_news", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        (
                            "mail",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="events.outgoingmail",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["key", "address"],
                        "indexes": [
                            models.Index(fields=["is_news", "key"], name="invitation_by_news")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("key"),
                                models.F("address"),
                                name="invitation_once_per_key_and_address",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Participation",
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
                            "state",
                            models.CharField(
                                choices=[
                                    ("proposed", "proposed"),
                                    ("accepted", "accepted"),
                                    ("declined", "declined"),
                                    ("withdrawn", "withdrawn"),
                                ],
                                default=events.enums.ParticipationState["PROPOSED"],
                                max_length=10,
                            ),
                        ),
                        ("is_key_activity", models.BooleanField(default=False)),
                        ("proposed_at", models.DateTimeField()),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="participations",
                                to="events.campaign",
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="participations",
                                to="events.event",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="brought",
                                to="venues.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                        "indexes": [
                            models.Index(
                                fields=["campaign", "state", "event"], name="campaign_events"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("campaign"),
                                models.F("event"),
                                name="participation_once_per_campaign",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at__isnull", True),
                                        ("state", events.enums.ParticipationState["PROPOSED"]),
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("state", events.enums.ParticipationState["PROPOSED"]),
                                            _negated=True,
                                        ),
                                        ("decided_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="participation_decided_says_when",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PrivateFeed",
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
                        ("token_hash", models.CharField(max_length=64, unique=True)),
                        ("created_at", models.DateTimeField()),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        ("last_fetched_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="private_feeds",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "venue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="private_feeds",
                                to="venues.venue",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="ReceivedMail",
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
                        ("receipt", models.CharField(max_length=200, unique=True)),
                        ("message_id", models.CharField(blank=True, db_index=True, max_length=250)),
                        ("received_at", models.DateTimeField()),
                        ("sender", models.CharField(blank=True, max_length=254)),
                        ("subject", models.CharField(blank=True, max_length=300)),
                        (
                            "verdict",
                            models.CharField(
                                choices=[
                                    ("applied", "Applied"),
                                    ("quarantined", "Quarantined"),
                                    ("decided", "applied by hand"),
                                    ("dismissed", "Dismissed"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=40)),
                        ("words", models.CharField(blank=True, max_length=500)),
                        (
                            "answer",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                help_text="as read; empty where nothing could be",
                            ),
                        ),
                        (
                            "invitation",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="received",
                                to="events.invitation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-received_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["verdict", "received_at"], name="received_by_verdict"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Source",
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
                                    ("local", "typed in"),
                                    ("touring", "published tour plan"),
                                    ("subscription", ".ics address read again and again"),
                                    ("upload", "uploaded file"),
                                    ("api", "pushed by a program"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        (
                            "venue",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sources",
                                to="venues.venue",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["slug"],
                    },
                ),
                migrations.CreateModel(
                    name="ImportRun",
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
                        ("started_at", models.DateTimeField()),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("reading", "being read, or its worker died"),
                                    ("changed", "events were made, changed or cancelled"),
                                    ("unchanged", "read, and nothing was new"),
                                    ("failed", "could not be read; the last good events stay"),
                                    ("undone", "taken back by a person"),
                                    ("refused", "the very file that a person has taken back"),
                                ],
                                default="reading",
                                max_length=10,
                            ),
                        ),
                        ("http_status", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("content_hash", models.CharField(blank=True, max_length=64)),
                        (
                            "counts",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                help_text="created, updated, cancelled, restored, unchanged, held",
                            ),
                        ),
                        (
                            "failure",
                            models.JSONField(
                                blank=True, default=dict, help_text="zh and en; empty: none"
                            ),
                        ),
                        ("problems", models.JSONField(blank=True, default=list)),
                        ("problem_count", models.PositiveIntegerField(default=0)),
                        ("quarantine", models.JSONField(blank=True, default=list)),
                        ("quarantine_count", models.PositiveIntegerField(default=0)),
                        ("journal", models.BinaryField(blank=True, null=True)),
                        ("undone_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "undone_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="import_runs",
                                to="events.source",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-started_at", "-pk"],
                        "indexes": [
                            models.Index(
                                fields=["source", "started_at"], name="import_run_by_source"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("finished_at__isnull", True), ("outcome", "reading")),
                                    models.Q(
                                        ("finished_at__isnull", False),
                                        models.Q(("outcome", "reading"), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="import_run_finished_says_how",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Subscription",
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
                        ("url", models.URLField(max_length=500)),
                        ("is_active", models.BooleanField(default=True)),
                        (
                            "arrival",
                            models.CharField(
                                choices=[
                                    ("publish", "shown at once"),
                                    ("queue", "submitted, for a publisher to look at"),
                                ],
                                default="publish",
                                max_length=8,
                            ),
                        ),
                        (
                            "field_policy",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                help_text="field → whose word counts (events.services.policies)",
                            ),
                        ),
                        (
                            "skips_known",
                            models.BooleanField(
                                default=False,
                                help_text="leave out what the venue's other sources show already",
                            ),
                        ),
                        ("etag", models.CharField(blank=True, max_length=300)),
                        ("last_modified", models.CharField(blank=True, max_length=80)),
                        ("content_hash", models.CharField(blank=True, max_length=64)),
                        ("undone_hash", models.CharField(blank=True, max_length=64)),
                        ("missing_confirmed", models.BooleanField(default=False)),
                        ("next_fetch_at", models.DateTimeField(db_index=True)),
                        ("succeeded_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "changed_at",
                            models.DateTimeField(
                                blank=True,
                                help_text="when the file last said something new",
                                null=True,
                            ),
                        ),
                        ("failed_since", models.DateTimeField(blank=True, null=True)),
                        ("report", models.JSONField(blank=True, default=dict)),
                        (
                            "source",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="subscription",
                                to="events.source",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("url__startswith", "https://"),
                                    ("url__startswith", "http://"),
                                    _connector="OR",
                                ),
                                name="subscription_address_is_http",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Topic",
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
                        ("slug", models.SlugField(max_length=60, unique=True)),
                        ("uri", models.URLField(blank=True, max_length=300)),
                        (
                            "also_called",
                            models.JSONField(
                                blank=True, default=dict, help_text="language → further names"
                            ),
                        ),
                        ("is_deprecated", models.BooleanField(default=False)),
                        (
                            "broader",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="narrower",
                                to="events.topic",
                            ),
                        ),
                        (
                            "replaced_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replaces",
                                to="events.topic",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["slug"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("broader__isnull", True),
                                        models.Q(("broader", models.F("pk")), _negated=True),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("replaced_by__isnull", True),
                                        models.Q(("replaced_by", models.F("pk")), _negated=True),
                                        _connector="OR",
                                    ),
                                ),
                                name="topic_not_its_own_broader_or_successor",
                            )
                        ],
                    },
                ),
            ],
        ),
        migrations.AddField(
            model_name="event",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="events.source",
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="topics",
            field=models.ManyToManyField(blank=True, related_name="events", to="events.topic"),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(
                models.F("source"), models.F("uid"), name="event_uid_once_per_source"
            ),
        ),
    ]
