"""What is typed about partners, a module for each part of the room. Input only; services write."""
