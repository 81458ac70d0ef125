"""Every write about people."""

from django.db import transaction

from mentorship.accounts.models import User


@transaction.atomic
def person_by_email(*, email: str, full_name: str = "") -> User:
    """The person with this address, made with no password where new. A name that is known is never overwritten."""
    email = email.strip().lower()
    user = User.objects.select_for_update().filter(email=email).first()
    if user is None:
        user = User(email=email, full_name=full_name.strip())
        user.set_unusable_password()
        user.save()
    elif full_name.strip() and not user.full_name:
        user.full_name = full_name.strip()
        user.save(update_fields=["full_name"])
    return user
