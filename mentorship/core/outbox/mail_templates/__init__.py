"""The texts of mails: defaults, a programme's own wording, placeholders."""
