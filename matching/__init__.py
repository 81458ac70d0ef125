"""Who mentors whom: scores, runs, the board, pairs that are asked and introduced, events and goal groups.

scoring/   how well a mentor suits a mentee, factor by factor, and which rules forbid a pair. Pure, no Django
solver/    the best assignment and its proof. Pure, no Django
engine/    from enrollments to the answer of a run, with what would help. For the worker: it loads numeric libraries
factors.py, places.py   what a score is made of, its weights and rules; continents and waking hours. Pure, light
services/  every write, a module for each subject; the mails of pairs/ and events/ queue their messages when it says so
board/     what the matching board shows, whom else somebody could have, what a change by hand would do. Reads only
pairs/     people who are asked first, what an intro says, meeting times, links and calendar of a pair
events/    speed mentoring and goal groups: who sits and joins where (pure), mails, links, calendar
models/, querysets.py, forms/, views/, urls/, tasks.py, tests/   as in every room; services/ reads what only it needs
"""
