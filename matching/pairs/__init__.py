"""From a proposal to a pair that meets: who is asked, what an intro says, when they could meet, links, calendar."""
