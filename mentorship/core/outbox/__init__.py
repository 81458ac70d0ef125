"""Outgoing messages: written in the transaction of their cause, sent by a worker."""
