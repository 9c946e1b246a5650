"""The offline analyst: reads an answer with lexicons alone, the same way every time."""

from __future__ import annotations

from activities.ai.offline.circumstances import within
from activities.ai.offline.lexicon import lexicon
from activities.ai.offline.passage import Passage
from activities.ai.offline.patterns import insight, patterns
from activities.ai.offline.reflection import heard, reflect, reflections
from activities.ai.offline.traits import asked_for, evidence
from schema.analysis.readings import OFFLINE_ANALYST, AnswerInContext, DeepAnalysis, InstantFeedback
from schema.vocabulary import Locale
from workflows.analysis.rules.text_features import normalised, read
from workflows.safety.rules.crisis import detect

# Below this many words an answer carries too little for an insight.
_ENOUGH_WORDS = 8


class OfflineAnalyst:
    """Works without model and network, in milliseconds. Marks its results as `offline`."""

    def __init__(self) -> None:
        # Loading the data takes 0.1 s, so the worker does it at its start and not for the first person.
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
        """Big Five evidence of low confidence, patterns, and at most one insight."""
        said = heard(answer.text, answer.locale)
        passage, words, others = said.passage, said.lexicon, said.others
        asked = asked_for(Passage.of(answer.question, answer.locale), lexicon(answer.locale), answer.listens_for)
        session = [heard(told.text, answer.locale).circumstances for told in answer.earlier]
        state = within(session, said.circumstances, passage)
        traits = evidence(passage, words, state, others, asked)
        found = patterns(passage, words, state, others)
        # Patterns and insight use the language that the person chose, not that of the answer.
        spoken = lexicon(answer.locale)
        # Danger and grief are not interpreted, and a joke is no confession.
        silent = detect(answer.text) is not None or state.loss or state.irony or len(passage.words) < _ENOUGH_WORDS
        return DeepAnalysis(
            traits=traits,
            patterns=[spoken.pattern_data[key].name for key in found],
            insight=None if silent else insight(found, traits, spoken),
            # The rules have heard the answer before any analyst, and the second net has weighed what they found.
            crisis=None,
            breakthrough=words.breakthrough.search(normalised(answer.text)) is not None,
            sentiment=said.sentiment,
            analyst=OFFLINE_ANALYST,
        )
