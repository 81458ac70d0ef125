"""The trail on the operator's pages, to be read; and what operators change there, for the trail."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from mentorship.core.audit.models import AuditEntry, ReadEntry
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb


class RecordedAdmin(admin.ModelAdmin):
    """Puts every change on these pages on record. Their base writes a log of its own in the same transaction."""

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self._record(Verb.CREATED, request, obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        changed = [
            name for part in message if isinstance(part, dict) for name in part.get("changed", {}).get("fields", [])
        ]
        self._record(Verb.EDITED, request, obj, fields=changed)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            self._record(Verb.DELETED, request, obj)
        return super().log_deletions(request, queryset)

    def _record(self, verb: Verb, request: HttpRequest, obj: Model, **data: Any) -> None:
        workspace_id = getattr(obj, "workspace_id", None)
        record(verb=verb, target=obj, workspace_id=workspace_id, by=request.user, **data)  # type: ignore[arg-type]


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that nobody adds, changes or deletes by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def record_all(site: admin.AdminSite) -> None:
    """Put changes on record on every page of the site, those that libraries brought with them included."""
    for model, page in list(site._registry.items()):
        if not isinstance(page, RecordedAdmin | ReadOnlyAdmin):
            site.unregister(model)
            site.register(model, type(f"Recorded{type(page).__name__}", (RecordedAdmin, type(page)), {}))


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "actor", "verb", "object_type", "object_id", "workspace"]
    list_filter = ["verb", "object_type"]
    list_select_related = ["actor", "workspace"]
    search_fields = ["actor__full_name", "actor__email", "object_id"]
    date_hierarchy = "at"


@admin.register(ReadEntry)
class ReadEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "reader", "what", "about", "way", "workspace"]
    list_filter = ["kind", "way"]
    list_select_related = ["reader", "about", "workspace"]
    search_fields = ["reader__full_name", "reader__email", "about__full_name", "about__email"]
    date_hierarchy = "day"
