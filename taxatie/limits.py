"""Every bound of the service, each with the reason for its size."""

from typing import Final

TEXT_BYTES_MAX: Final = 2_000_000
"""One ruleset text. The largest shipped file is a tenth of this; a larger one is generated or hostile."""

DEPTH_MAX: Final = 40
"""How deep a text or a case may nest. Hand-written conditions stay below ten; deeper ones cannot be
read by a person, and recursion over this depth stays far from Python's own bound."""

NODES_MAX: Final = 200_000
"""Nodes in one text: what a text of the largest size holds when it is written by people."""

CASE_BYTES_MAX: Final = 1_000_000
"""One case. A case with every signal answered for twenty persons is below 100 kB."""

PERSONS_MAX: Final = 100
"""Persons in one case: several times the largest extended household; the work grows with each."""

EVENTS_MAX: Final = 10_000
"""Events in one case: a report a day for 27 years."""

FAULTS_TOLD_MAX: Final = 200
"""Faults of one case that are told at once: every signal of the shipped vocabulary answered wrongly. To look for what
was meant takes a fifth of a millisecond each, and a case has room for 100,000."""

REFUSAL_BYTES_MAX: Final = 5_000
"""The faults of one refusal as gRPC carries them: it lets 8 kB of trailers through, where they are a third longer."""

ABSOLUTE_NUMBER_MAX: Final = 2**31 - 1
"""Numbers in rulesets and cases: fits every wire format and every column."""

DURATION_MAX: Final = 10_000
"""The amount of a term or a window, in any unit: 10,000 years would leave the calendar, 10,000 days
is 27 years; the calendar itself is guarded where dates are counted."""

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2999
"""Years of reference times and events: outside them a date is a mistake, and counting from it
could leave Python's calendar."""

FURTHER_EVENTS_SLACK: Final = 8
"""Further events that are imagined beyond what a choice of patterns misses by itself, because an event
that mends one pattern may spoil another."""

HISTORY_SEARCH_STEPS_MAX: Final = 300
"""Histories that are tried for one choice of patterns: a few milliseconds. Shipped rulesets need below ten.
A choice that was not borne out by then counts as impossible; 240 small releases with every kind of pattern,
up to five cases each, showed no difference from brute force at this bound."""

HISTORY_SEARCH_STEPS_IN_ALL_MAX: Final = 20_000
"""Histories that are tried for one case: about two seconds. Beyond it what was not tried counts as
possible, so that open questions may name one too many where dozens of patterns are open at once."""

SUPPORTS_MAX: Final = 400
"""Ways to carry one part of a condition that are kept at a time. `at_least` 4 of 10 has 210; beyond the
bound an explanation still names a smallest way, though perhaps not each of them."""

MATCHES_KEPT_MAX: Final = 10_000
"""Rules asked of persons of one id that are kept ready, two hundred bytes each: ids such as `adult-1` come again in
every case."""

SCOPES_KEPT_MAX: Final = 500
"""Rulesets asked of persons of one id whose rules are kept ready, four kilobytes each."""

REASON_SIZE_MAX: Final = 400
"""Answers and events that one reason may name. A rule that needs more is better split."""

NEAR_MISS_SIZE_MAX: Final = 8
"""Further answers that one near miss may ask for: what is further away is not near."""

NEAR_MISSES_MAX: Final = 5
"""Near misses named for each higher level, as the language says."""

HISTORY_CHOICES_MAX: Final = 128
"""Combinations of open patterns that near misses weigh together: seven patterns. With more, near misses
leave the history out; open questions never do."""

WINDOWS_KEPT: Final = 512
"""Windows laid on the calendar that are kept: those of a dozen patterns on some forty days."""

CHOICES_WEIGHED_MAX: Final = 8
"""Choices of answers that are weighed at a time when a world is sought in which a question matters. What is not found
among them is left to the solver, so that the bound costs time at most, and never a question."""

GROUNDS_MAX: Final = 3
"""Ways to reach a level that a question is tried with, so that one at least has nothing to do with it."""

COVERS_MAX: Final = 12
"""Cases that are told apart when it is ruled out that a question matters. With more, what is not ruled out is left to
the solver."""

RECIPES_KEPT_MAX: Final = 8
"""Recipes kept for each question of a release, of how it came to matter: a few hundred kilobytes in all."""

TRIALS_MAX: Final = 8
"""Trials of one question along its routes. What they do not show is left to the solver."""

EVENTS_CHOSEN_MAX: Final = 8
"""Matching events of which a reason weighs every choice, so that patterns share what they can: 70 choices
of 4 from 8. Of more events the first that are enough are named."""

EXPANDED_DEPTH_MAX: Final = 100
"""How deep a condition may nest once its names are written out. The engines and explanations follow it with
up to six frames a level, which stays below Python's bound of 1,000."""

SENTENCE_WORDS_MAX: Final = 20
"""Words in a Dutch sentence that people are told: what guides to plain language (B1) give as the longest."""

QUESTION_WORDS_MAX: Final = 15
"""Words in a Dutch sentence that asks: people answer them in distress, and what they miss is not answered."""

READING_EASE_WORDS_MIN: Final = 10
"""Words that a Dutch text holds before its reading ease says anything: in a shorter one `kindermishandeling`
decides alone."""

READING_EASE_MIN: Final = 45
"""Reading ease by Flesch-Douma: below 45 his scale says *hard*. Normal is 60, but texts of ten words about
violence and care hold long words that everybody knows; 60 warned of every fourth, 45 of those that are hard."""

RECORD_BYTES_MAX: Final = 16_000_000
"""One record: a case of the largest size with everything said of a hundred persons is below a third of it."""

LOG_BATCH_MAX: Final = 256
"""Lines that become durable together. The disk's one wait is shared by all that came meanwhile; more than this
many would wait longer for their encoding than for the disk."""

LOG_QUEUE_MAX: Final = 2_000
"""Lines that may wait to be written: more than the calls that may be open at once. Beyond it calls are refused."""

LOG_PAGE_LINES: Final = 500
"""Lines that are read from the log at a time: a few megabytes, and no snapshot that is held for long."""

LOG_PART_LINES: Final = 8_192
"""Lines whose payloads and keys lie together in PostgreSQL: three weeks of the country. An erasure writes the parts
anew that it concerns, and who needs them waits: for 0.6 seconds on a busy machine, where 65,536 lines took four.
Twenty years are 320 parts; finding a line takes no longer than with one, as it names its place."""

LOG_ERASED_AT_ONCE_MAX: Final = 500
"""Payloads that one line of the log says are erased: the line stays below ten kilobytes, and writers wait for some
tenths of a second while they are overwritten."""

ANSWERS_REMEMBERED_MAX: Final = 50_000
"""Answers of one release that are remembered as they were read, some 200 bytes each: far more than a vocabulary without
wide numbers has."""

READERS_KEPT_MAX: Final = 8
"""Releases for which it is remembered how their cases are read: those of several years are asked about at most."""

CASES_TOGETHER_MAX: Final = 64
"""Cases in one message of a stream: what a message costs by itself is then some microseconds a case, and the answers to
them, everything explained, stay below what callers take in by default (4 MB)."""

STREAM_WINDOW: Final = 128
"""Cases of one stream that are under way at once: one message is answered while another waits for the disk, and a few
megabytes."""

ROW_GROUP_ROWS: Final = 1 << 18
"""Decisions that are stored, read and assessed together: a plane of them fills half of a core's nearest memory, and
the twice two hundred that one pass works on stay within the next."""

PERSON_SLOTS: Final = 4
"""Persons of each subject that a columnar file has place for, unless it is told otherwise. Cases with more are kept
whole beside the columns."""

NAMED_DECISIONS_MAX: Final = 200
"""Decisions that a what-if names one by one, milder ones or ones that could not be replayed: what people look into."""

REPLAY_BATCH: Final = 256
"""Recorded decisions that are replayed together: an engine over columns is asked once for all of them, and their
records fill some tens of megabytes."""

DAYS_KEPT_MAX: Final = 4_000
"""Days of which a service remembers the release in force: ten years of decisions that are looked back at."""

OPINIONS_WAITING_MAX: Final = 2_000
"""Cases that may wait for the second engine: some ten seconds of its work. Beyond it a case gets no verdict, and is
counted."""

WORKER_CASES_MAX: Final = 20_000
"""Cases that a worker of the second engine answers before it is replaced: 200,000 were measured without a leak."""

EVENT_RANKS_MAX: Final = 32
"""Events of one case that columns lay out by rank. Beyond it the events of all cases beside it are counted one by one,
which takes five times as long; files keep such a case whole instead."""

PARQUET_BATCH_ROWS: Final = 1 << 14
"""Decisions of a log that are held before they are written as columns: about a hundred megabytes of cases."""

PARQUET_FILE_ROWS: Final = 1 << 19
"""Decisions of one file of an export: a task of a few tenths of a second when it is counted on a cluster."""

PARQUET_SLOTS: Final = 4
"""Persons of one subject that get columns of their own in an export; a case that lists more is kept whole beside."""
