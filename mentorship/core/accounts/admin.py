from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from mentorship.core.accounts.models import SavedView, User, WorkspaceRole


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """People, for operators. Passwords and rights are changed on their own pages, not here; people are erased."""

    list_display = ["full_name", "email", "is_active", "is_staff"]
    search_fields = ["full_name", "email"]
    exclude = ["password", "groups", "user_permissions"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: `manage.py erase_person` knows what others need of a person."""
        return False


@admin.register(WorkspaceRole)
class WorkspaceRoleAdmin(admin.ModelAdmin):
    list_display = ["user", "workspace", "role"]
    list_filter = ["role"]
    autocomplete_fields = ["user"]


@admin.register(SavedView)
class SavedViewAdmin(admin.ModelAdmin):
    list_display = ["name", "list_name", "user"]
    autocomplete_fields = ["user"]
