"""Matching mentors and mentees: scores, runs, the board, confirmed pairs, rematches, speed mentoring and goal groups.

From the ground up; a subject imports only from those above it in this list:

profiles    what scoring reads about a mentor or a mentee. Pure, no Django
texts/      how alike what both sides wrote is, by words and by meaning, and topics in common. Pure, no Django
scoring/    how well a mentor suits a mentee, factor by factor, and which rules forbid a pair. Pure, no Django
solver/     the best assignment and its proof. Pure, no Django
policy/     a cohort's weights, rules and goal of matching
meaning/    what texts mean, by a sentence model on this installation; kept by text
engine/     from enrollments to the result of a run. For the worker: it loads numeric libraries
supply/     what a cohort's mentors lack while sign-up is open
past_weights/ weights that the programme's earlier rounds suggest
sentences/  what both sides of a pair read as the reason for it, and what they read of each other
board/      the matching board: proposals, candidates, changes by hand
meeting_times/ times at which people in several time zones could meet, and calendar files of meetings
intro/      confirm proposals and introduce the pairs by mail; undo before the mail leaves
consent/    ask both sides of a proposed pair before it is confirmed
pairs/      matches under way: their status, and the pair's own page
rematch/    end a match and find another mentor
pauses/     mentors who take nobody new for a while
events/     speed mentoring
groups/     goal groups
"""
