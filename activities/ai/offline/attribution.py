"""Of whom the words of a text speak: of the person, or of somebody else."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

from activities.ai.offline.lexicon import Lexicon
from activities.ai.offline.passage import Passage, Word
from schema.vocabulary import Locale

# Words between the border of a clause and a noun that is its subject: "my older sister".
_MOST_ATTRIBUTES = 3
_RELATIVE_REACH = 7


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
                others.update(i for i in since_border if not _first_person_verb(words[i].plain))
        if not own:
            others.add(at)
    likened = {
        words[hit.start].sentence for hit in lexicon.likened.find(words) if not lexicon.negated(words, hit.start)
    }
    return frozenset(at for at in others if not {words[at].sentence, words[at].sentence + 1} & likened)


def _names(passage: Passage, lexicon: Lexicon) -> frozenset[str]:
    """What is written with a capital within a sentence: as the subject of a clause, it is nearly always a name."""
    words, text = passage.words, passage.text
    return frozenset(
        word.plain.removesuffix("'s")
        for before, word in pairwise(words)
        if word.sentence == before.sentence
        and text[word.start].isupper()
        and text[word.start + 1 : word.end].islower()
        and text[word.start - 1] not in "«“\"'"
        and word.plain not in lexicon.first_person
    )


def _subject(
    passage: Passage, at: int, since_border: list[int], names: Collection[str], lexicon: Lexicon
) -> bool | None:
    """True if word `at` makes the person the subject, False if somebody else, None if it is no subject."""
    words, word = passage.words, passage.words[at]
    if word.plain in lexicon.first_person_subjects:
        return True
    before = words[at - 1].plain if at else ""
    russian = passage.locale is Locale.RU
    if russian and (_first_person_verb(word.plain) or _experiencer(passage, at, since_border, lexicon)):
        return True
    if word.plain in lexicon.relatives:
        return _named_last(words, at, lexicon)
    # "My mother's anxiety" is hers.
    who = word.plain.removesuffix("'s")
    if (who not in lexicon.others and who not in names) or before in lexicon.prepositions or before == "как":
        return None
    if russian or word.plain in lexicon.personal_pronouns:
        return False
    if who in names and before not in lexicon.not_before_subjects:
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


def _first_person_verb(word: str) -> bool:
    """Whether a Russian word has the ending of "I do": «боюсь», «планирую», «молчу»."""
    return (
        word.endswith(("юсь", "усь", "аю", "яю", "ую", "лю", "чу", "жу", "шу", "щу", "ею", "рю", "ню"))
        and len(word) > 3
    )


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
