from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "mentorship.core.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Provide the personal-data rules of accounts and sign-in, and allow addresses in any script."""
        from allauth.account.signals import password_reset
        from django.contrib.auth.signals import user_logged_in

        from mentorship.core.accounts.people.addresses import allow_letters_of_any_script
        from mentorship.core.accounts.people.trail import record_changes_of_accounts
        from mentorship.core.accounts.personal_data import PERSONAL_DATA_RULES
        from mentorship.core.accounts.sessions.idle import note_sign_in
        from mentorship.core.accounts.sign_in.services import forget_passwords
        from mentorship.core.personal_data import PERSONAL_DATA

        user_logged_in.connect(note_sign_in)
        password_reset.connect(forget_passwords)
        record_changes_of_accounts()
        allow_letters_of_any_script()
        PERSONAL_DATA.provide("accounts", PERSONAL_DATA_RULES, by=self.name)
