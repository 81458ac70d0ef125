"""Turn enrollments into the result of a run. What loads slow libraries is for the worker and commands only."""
