"""Every timeout and retry policy, named, with the reason. Workflows hold no number of this kind themselves.

A policy runs activities: `await policies.DATABASE.run(PersonStore.recall_person, ref, summary="Recall the person")`.
So every call has a policy and a summary, which makes a session readable in the Web UI.
Only Temporal retries: no client inside an activity does.
"""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy

from schema.errors import AnswerGone, LegacyUnfit, RecipientGone, UnknownQuestion
from schema.safety.activities import WEIGHED_WITHIN
from workflows.activity_policy import LocalPolicy, RemotePolicy

DATABASE = LocalPolicy(
    start_to_close=timedelta(seconds=5),
    # Unlimited attempts: an answer waits for the database and is never dropped.
    retry=RetryPolicy(
        initial_interval=timedelta(milliseconds=100),
        backoff_coefficient=2,
        maximum_interval=timedelta(seconds=10),
        non_retryable_error_types=[UnknownQuestion.TYPE, AnswerGone.TYPE],
    ),
    local_retry_threshold=timedelta(seconds=2),
)

INSTANT_FEEDBACK = RemotePolicy(
    # The promise to the person is a reaction within 1.5 s: what is left of it is for the offline analyst, who reacts
    # when no model has, and for the delivery.
    schedule_to_close=timedelta(milliseconds=1350),
    retry=RetryPolicy(
        initial_interval=timedelta(milliseconds=100), maximum_attempts=2, non_retryable_error_types=[AnswerGone.TYPE]
    ),
    # On a provider's queue, a reaction goes before deep analyses, for which nobody waits.
    priority=Priority(priority_key=1),
)

SECOND_NET = RemotePolicy(
    # When the encoder is away, the rules alone decide.
    schedule_to_close=WEIGHED_WITHIN,
    retry=RetryPolicy(maximum_attempts=1),
)

LATE_SECOND_NET = RemotePolicy(
    start_to_close=timedelta(seconds=10),
    # Nobody waits for it: what the net was too slow for, or away from, is weighed beside the talk. An hour outlives a
    # restart of the process that holds the encoder; later, contacts would come out of nowhere.
    schedule_to_close=timedelta(hours=1),
    retry=RetryPolicy(
        initial_interval=timedelta(seconds=1),
        backoff_coefficient=2,
        maximum_interval=timedelta(minutes=1),
        non_retryable_error_types=[AnswerGone.TYPE],
    ),
)

MIN_MODEL_TIME = timedelta(milliseconds=250)
"""With less than this left for models, no further model is asked for a reaction."""

DEEP_READING = RemotePolicy(
    # A model may think for 25 s; the rest is for the network.
    start_to_close=timedelta(seconds=30),
    # Long enough to wait out a rate limit, which providers count by the minute; after that the next model is used.
    schedule_to_close=timedelta(minutes=2),
    retry=RetryPolicy(
        initial_interval=timedelta(seconds=1),
        backoff_coefficient=2,
        maximum_interval=timedelta(seconds=30),
        non_retryable_error_types=[AnswerGone.TYPE],
    ),
    priority=Priority(priority_key=5),
)

COACH_REPLY = RemotePolicy(
    # A person waits and sees the words come. A model that has not finished by then gives way to the next one.
    schedule_to_close=timedelta(seconds=30),
    # A worker that was killed while it wrote is noticed so soon; the next attempt begins the reply again.
    heartbeat=timedelta(seconds=8),
    # Whoever stops a reply gets what was written so far: it is waited for.
    cancellation=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry=RetryPolicy(
        initial_interval=timedelta(milliseconds=200), maximum_attempts=2, non_retryable_error_types=[AnswerGone.TYPE]
    ),
    priority=Priority(priority_key=1),
)

MEMORY_READING = RemotePolicy(
    # A model may read for 20 s; the rest is for the network and the database.
    start_to_close=timedelta(seconds=25),
    # Nobody waits for it, but the next reply is to know it: a queue that nobody serves gives way to the next model.
    schedule_to_close=timedelta(seconds=40),
    retry=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_attempts=2),
    priority=Priority(priority_key=4),
)

OFFLINE_READING = RemotePolicy(
    start_to_close=timedelta(seconds=30),
    # The last of the chain: only the database can be down, and an answer waits for it.
    schedule_to_close=timedelta(days=7),
    retry=RetryPolicy(
        initial_interval=timedelta(seconds=1),
        backoff_coefficient=2,
        maximum_interval=timedelta(minutes=5),
        non_retryable_error_types=[AnswerGone.TYPE],
    ),
)

TRANSCRIPTION = RemotePolicy(
    # Five minutes of speech are written down within half of that, the way from the channel included.
    start_to_close=timedelta(seconds=60),
    # The person waits. After that they are told, and may send it again or write.
    schedule_to_close=timedelta(seconds=90),
    retry=RetryPolicy(initial_interval=timedelta(milliseconds=500), backoff_coefficient=2, maximum_attempts=4),
    priority=Priority(priority_key=1),
)

HANDING_OVER = RemotePolicy(
    start_to_close=timedelta(seconds=10),
    # What was said is taken whenever the channel's process is back: Temporal itself is what it goes to.
    schedule_to_close=timedelta(days=7),
    retry=RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=30)),
    priority=Priority(priority_key=1),
)

# A send in flight on a killed worker is retried only after this time.
_ONE_SEND = timedelta(seconds=4)

_SENDS = RetryPolicy(
    initial_interval=timedelta(milliseconds=500),
    backoff_coefficient=2,
    maximum_interval=timedelta(seconds=30),
    non_retryable_error_types=[RecipientGone.TYPE],
)

DELIVERY = RemotePolicy(
    start_to_close=_ONE_SEND,
    # As long as the silence before a nudge: after that the session nudges or closes; a return shows the question.
    schedule_to_close=timedelta(minutes=30),
    retry=_SENDS,
)

FAREWELL = RemotePolicy(
    start_to_close=_ONE_SEND,
    # A summary or crisis support at the end of a session may wait a day for a channel that is down. Nothing else
    # waits behind them.
    schedule_to_close=timedelta(days=1),
    retry=_SENDS,
)

GREETING, FIRST_QUESTION = Priority(priority_key=4), Priority(priority_key=5)
"""Priorities in a busy channel: behind the default of 3, which people in a conversation have.

A greeting goes first, because it shows that the bot is there; after it a person can wait for the question.
"""

COURTESY = RemotePolicy(
    start_to_close=_ONE_SEND,
    # Nudges and goodbyes after a silence: a late one is worse than none.
    schedule_to_close=timedelta(minutes=5),
    retry=_SENDS,
)

ACKNOWLEDGEMENT = RemotePolicy(
    start_to_close=_ONE_SEND,
    # "We have started" notices. The work that they announce must not wait long for a channel that is down.
    schedule_to_close=timedelta(seconds=10),
    retry=_SENDS,
)

FILES = RemotePolicy(
    start_to_close=_ONE_SEND,
    # The person waits for the files: after this time they are told that it failed, and may ask again.
    schedule_to_close=timedelta(minutes=10),
    retry=_SENDS,
)

ERASURE = RemotePolicy(
    # A few milliseconds per workflow. An attempt that times out leaves less work to the next one.
    start_to_close=timedelta(minutes=1),
    # The person waits meanwhile, so the heartbeat detects a killed worker sooner.
    heartbeat=timedelta(seconds=5),
    # A promise to the person, so it outlasts any outage. Operators see what fails even after that.
    schedule_to_close=timedelta(days=30),
    retry=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1)),
)

VECTORS = RemotePolicy(
    # Somebody waits for what is found; when the vectors are away, they are told so.
    schedule_to_close=timedelta(seconds=5),
    retry=RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=1)),
)

_EVER = timedelta(days=3650)

INDEXING = RemotePolicy(
    # One attempt lasts most of an hour, and waits for what people say meanwhile.
    start_to_close=timedelta(hours=1),
    heartbeat=timedelta(seconds=30),
    # Nobody waits: while the vectors are away, the database remembers what is to be indexed.
    schedule_to_close=_EVER,
    retry=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30)),
)

INDEXING_REST = timedelta(minutes=5)
"""How long indexing rests after a failure that no further attempt would mend."""

FORGETTING = RemotePolicy(
    # Until it succeeds: an erasure while the vectors are away ends when they are back.
    start_to_close=timedelta(minutes=1),
    schedule_to_close=_EVER,
    retry=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1)),
)

KEYS = RemotePolicy(
    # Some hundred keys, each by a call of Vault's at most.
    start_to_close=timedelta(minutes=5),
    # An operator waits; a key store that is away is waited for.
    schedule_to_close=timedelta(days=7),
    retry=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1)),
)

BACKUP = RemotePolicy(
    # An hour is 200 GB on a disk that reads 60 MB a second.
    start_to_close=timedelta(hours=1),
    heartbeat=timedelta(seconds=30),
    # The next one comes in a day. A full disk or a directory that is not there is told of before that.
    schedule_to_close=timedelta(hours=6),
    retry=RetryPolicy(
        initial_interval=timedelta(seconds=10), maximum_interval=timedelta(minutes=10), maximum_attempts=5
    ),
)

LEGACY = RemotePolicy(
    # A thousand rows take a second or two; longer where each is somebody new, whose key Vault wraps.
    start_to_close=timedelta(minutes=2),
    # A killed worker's batch is done again after this time. Between two signs of life it may write all of its rows.
    heartbeat=timedelta(seconds=20),
    # While either database or the process that reads the old one is away, an import waits.
    schedule_to_close=timedelta(days=7),
    retry=RetryPolicy(
        initial_interval=timedelta(seconds=1),
        maximum_interval=timedelta(minutes=1),
        non_retryable_error_types=[LegacyUnfit.TYPE],
    ),
)

RETENTION = RemotePolicy(
    # One statement; the first of all may find what a year has left.
    start_to_close=timedelta(hours=1),
    # The next night does it again.
    schedule_to_close=timedelta(hours=12),
    retry=RetryPolicy(initial_interval=timedelta(seconds=10), maximum_interval=timedelta(minutes=10)),
)

IN_FLIGHT = timedelta(minutes=1)
"""How long an activity in flight may still have effects after its workflow was terminated.

A deep analysis has 30 s, a local activity 5 s, and the server's list of workflows lags by seconds.
"""
