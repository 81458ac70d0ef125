"""How well a mentor suits a mentee (or a team), as numbers that can be explained.

Pure: people in, arrays out, nothing read from a database. A pair is judged by a few factors, each between 0 and 1;
the score is their weighted mean. What nobody told us adds nothing, so that an honest answer is never worth less than
silence. Only wishes can be below 0, where somebody would rather not.

Only rules make a pair ineligible (`Rules`): the mentor is one of the mentee's own team, both sides named their
languages and share none, they were together before, and so on; missing data never rules anybody out.
"""
