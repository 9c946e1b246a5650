"""Of whom the words of a text speak: of the person, or of somebody else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from activities.ai.offline.lexicon import Lexicon
from activities.ai.offline.passage import Passage, Word, first_person_verb
from schema.vocabulary import Locale

# Words between the border of a clause and a noun that is its subject: "my older sister".
_MOST_ATTRIBUTES = 3
_RELATIVE_REACH = 7
_THIRD_PERSON = re.compile(r"(?:[^s]s|ed)$")
# Endings of Russian names that are no subjects, and of verbs after which a name is none.
_OBLIQUE = re.compile(r"(?:[уюеыио]|ой)$")
_TAKES_OBJECT = re.compile(r"(?:ть(?:ся)?|ти|л[аи](?:сь)?)$")
_CAME = re.compile(r"л(?:ся)?$")


def said_of_others(passage: Passage, lexicon: Lexicon) -> frozenset[int]:
    """Indexes of the words whose subject is somebody else.

    A clause without a subject has that of the clause before it. "My", "me" and "us" are no subjects. What a person says
    of somebody "just like me" is said of both.
    """
    words, names = passage.words, _names(passage, lexicon)
    own = True
    others: set[int] = set()
    since_border: list[int] = []
    for at, word in enumerate(words):
        if at and (word.clause != words[at - 1].clause or word.plain in lexicon.conjunctions):
            since_border = []
        since_border.append(at)
        subject = _subject(passage, at, since_border, names, lexicon)
        if subject is not None and subject is not own:
            own = subject
            if not own and passage.locale is Locale.RU:
                # In Russian a subject may follow what is said of it.
                others.update(i for i in since_border if not first_person_verb(words[i].plain))
        if not own:
            others.add(at)
    likened = {
        words[hit.start].sentence for hit in lexicon.likened.find(words) if not lexicon.negated(words, hit.start)
    }
    return frozenset(at for at in others if not {words[at].sentence, words[at].sentence + 1} & likened)


def _names(passage: Passage, lexicon: Lexicon) -> frozenset[str]:
    """What may be a person's name: written with a capital within a sentence, and no word that means something else."""
    words, text = passage.words, passage.text
    return frozenset(
        word.plain.removesuffix("'s")
        for before, word in pairwise(words)
        if word.sentence == before.sentence
        and text[word.start].isupper()
        and text[word.start + 1 : word.end].islower()
        and text[word.start - 1] not in "«“\"'"
        and ("а" <= word.plain[0] <= "я") is (passage.locale is Locale.RU)
        and word.plain not in lexicon.first_person
        and word.plain.removesuffix("'s") not in lexicon.not_people
    )


def _subject(
    passage: Passage, at: int, since_border: list[int], names: frozenset[str], lexicon: Lexicon
) -> bool | None:
    """True if word `at` makes the person the subject, False if somebody else, None if it is no subject."""
    words, word = passage.words, passage.words[at]
    if word.plain in lexicon.first_person_subjects:
        return True
    before = words[at - 1].plain if at else ""
    russian = passage.locale is Locale.RU
    if russian and (first_person_verb(word.plain) or _experiencer(passage, at, since_border, lexicon)):
        return True
    if word.plain in lexicon.relatives:
        return _named_last(words, at, lexicon)
    # "My mother's anxiety" is hers.
    who = word.plain.removesuffix("'s")
    if (who not in lexicon.others and who not in names) or before in lexicon.prepositions or before == "как":
        return None
    if who not in lexicon.others:
        named = (
            _named_in_russian(words, at, since_border, lexicon)
            if russian
            else _named(words, at, since_border, names, lexicon)
        )
        return False if named else None
    if russian or word.plain in lexicon.personal_pronouns:
        return False
    attributes = [words[i].plain for i in since_border[:-1] if words[i].plain not in lexicon.conjunctions]
    after_and = words[since_border[0]].plain in lexicon.conjunctions
    last = at + 1 == len(words) or words[at + 1].clause != word.clause
    subject = len(attributes) <= _MOST_ATTRIBUTES and not set(attributes) & lexicon.not_before_subjects
    return False if subject and not (after_and and last) else None


def _named_last(words: list[Word], at: int, lexicon: Lexicon) -> bool:
    """Whether "who" goes on about the person: "I'm the kind of person who worries"."""
    for word in reversed(words[max(0, at - _RELATIVE_REACH) : at]):
        if word.sentence != words[at].sentence or word.plain in lexicon.others:
            return False
        if word.plain in lexicon.self_descriptions:
            return True
    return False


def _named(words: Sequence[Word], at: int, since_border: list[int], names: frozenset[str], lexicon: Lexicon) -> bool:
    """Whether an English name has a verb of its own: "Tom worries", but not "I called Tom"."""
    before = [words[i].plain for i in since_border[:-1]]
    # "I think Tom worries": what is thought is a clause of its own.
    if before and before[-1] not in lexicon.clause_openers:
        governed = before[-1] in lexicon.not_before_subjects and before[-1] not in lexicon.conjunctions
        if governed or before[-1] in lexicon.articles or not lexicon.first_person_subjects.isdisjoint(before):
            return False
    if words[at].plain.endswith("'s"):
        return True
    for word in (words[i] for i in range(at + 1, len(words))):
        if word.clause != words[at].clause:
            return False
        if word.plain not in names and word.plain not in lexicon.before_verbs and not word.plain.endswith("ly"):
            return word.plain in lexicon.finite or _THIRD_PERSON.search(word.plain) is not None
    return False


def _named_in_russian(words: Sequence[Word], at: int, since_border: list[int], lexicon: Lexicon) -> bool:
    """Whether the case of a Russian name shows the subject: «Аня тревожится», but neither «жду Аню» nor «жду Антона».

    A man's name in the genitive looks like a woman's. The verb before it tells, and the person is its subject.
    """
    name = words[at].plain
    before = [words[i].plain for i in since_border[:-1] if words[i].plain not in lexicon.conjunctions]
    verb = before[-1] if before else ""
    acts = any(word in lexicon.first_person_subjects or first_person_verb(word) for word in before)
    if acts or _OBLIQUE.search(name) or _TAKES_OBJECT.search(verb):
        return False
    if _CAME.search(verb):
        return not name.endswith(("а", "я"))
    # Of a subject something is said: «Летом Крым, море» names a place.
    return at + 1 < len(words) and words[at + 1].clause == words[at].clause


def _experiencer(passage: Passage, at: int, since_border: list[int], lexicon: Lexicon) -> bool:
    """«Мне страшно», «у меня тревога», «меня пугает»: the person feels it, though the grammar has no "I".

    Not so where somebody else comes first: «мама у меня тревожная».
    """
    words = passage.words
    if any(words[i].plain in lexicon.others for i in since_border):
        return False
    return words[at].plain == "мне" or (
        words[at].plain == "меня" and (len(since_border) == 1 or words[at - 1].plain == "у")
    )
