"""Speed mentoring and goal groups: schedules and groups worked out (pure), mails, links, calendar."""
