"""Every message that leaves: written in the transaction of its cause, sent by a worker."""
