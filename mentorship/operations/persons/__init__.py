"""What is kept about one person, in every room: to hand it out, and to take it away. It may import every app."""
