"""From enrollments to a run's answer. It loads the numeric libraries: for the worker and commands, never for pages."""
