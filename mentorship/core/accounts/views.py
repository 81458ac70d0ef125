"""The profile page."""

from allauth.account.views import EmailView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from mentorship.core.accounts.forms import ProfileForm
from mentorship.core.accounts.models import User
from mentorship.core.views import Ask, AsksFirst


class EmailPage(LoginRequiredMixin, AsksFirst, EmailView):
    """The addresses of a person; removing one asks first."""

    asks = {"action_remove": Ask("Remove this address?", "Remove", "You can’t sign in with it any more.")}


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Name, time zone, and the ways to sign in."""
    # The page head shows the saved name while the form holds a new one that may be wrong.
    person = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form}, status=422 if form.errors else 200)
