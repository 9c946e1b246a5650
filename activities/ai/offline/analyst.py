"""The offline analyst: reads an answer with lexicons alone, the same way every time."""

from __future__ import annotations

from activities.ai.offline.circumstances import within
from activities.ai.offline.evidence import Said, aspects, dynamics, pulled_at, traits
from activities.ai.offline.lexicon import lexicon
from activities.ai.offline.passage import Passage
from activities.ai.offline.patterns import insight, patterns
from activities.ai.offline.reflection import heard, reflect, reflections
from schema.analysis.readings import OFFLINE_ANALYST, AnswerInContext, DeepAnalysis, InstantFeedback
from schema.vocabulary import Locale
from workflows.analysis.rules.text_features import normalised, read
from workflows.safety.rules.crisis import detect

# Below this many words an answer carries too little for an insight.
_ENOUGH_WORDS = 8


class OfflineAnalyst:
    """Works without model and network, in milliseconds. Marks its results as `offline`."""

    def __init__(self) -> None:
        # Loading the data takes 0.6 s, so the worker does it at its start and not for the first person.
        for locale in Locale:
            lexicon(locale)
            reflections(locale)

    async def instant(self, answer: AnswerInContext) -> InstantFeedback:
        """A reflection in the language of the answer, its mood, and how much was shared."""
        crisis = detect(answer.text) is not None
        earlier = [told.text for told in answer.earlier]
        return InstantFeedback(
            reflection=reflect(answer.text, answer.locale, earlier, crisis=crisis),
            sentiment=heard(answer.text, answer.locale, crisis=crisis).sentiment,
            quality=read(answer.text, answer.locale).sharing,
            analyst=OFFLINE_ANALYST,
        )

    async def deep(self, answer: AnswerInContext) -> DeepAnalysis:
        """Evidence of low confidence for traits, dynamics and aspects, patterns, and at most one insight."""
        own = heard(answer.text, answer.locale)
        passage, words, others = own.passage, own.lexicon, own.others
        asked = pulled_at(Passage.of(answer.question, answer.locale), lexicon(answer.locale), answer.listens_for)
        session = [heard(told.text, answer.locale).circumstances for told in answer.earlier]
        state = within(session, own.circumstances, passage)
        said = Said(passage, answer.text, words, state, others, own.dark, asked)
        of_traits = traits(said)
        found = patterns(passage, words, state, others)
        # Patterns and insight use the language that the person chose, not that of the answer.
        spoken = lexicon(answer.locale)
        # Danger and grief are not interpreted, and a joke is no confession.
        silent = detect(answer.text) is not None or state.loss or state.irony or len(passage.words) < _ENOUGH_WORDS
        return DeepAnalysis(
            traits=of_traits,
            dynamics=dynamics(said),
            aspects=aspects(said),
            patterns=[spoken.pattern_data[key].name for key in found],
            insight=None if silent else insight(found, of_traits, spoken),
            # The rules have heard the answer before any analyst, and the second net has weighed what they found.
            crisis=None,
            breakthrough=words.breakthrough.search(normalised(answer.text)) is not None,
            sentiment=own.sentiment,
            analyst=OFFLINE_ANALYST,
        )
