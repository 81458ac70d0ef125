"""What every app stands on: people and roles, audit trail, outbox, page parts."""
