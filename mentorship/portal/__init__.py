"""Pages composed from all apps: home, today, navigation, a participant's own pages, the next round."""
