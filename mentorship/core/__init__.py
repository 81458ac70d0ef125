"""The base of all apps: accounts, audit trail, outbox, page components, and shared base classes."""
