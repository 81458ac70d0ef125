"""What the matching board shows and how a change by hand is planned. Reads only; services write."""
