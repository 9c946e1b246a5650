"""Puts the layers around the Big Five into everyday words, and names every value, the same in every channel."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.presentation import profile_words
from gateway.presentation.texts.texts import Texts, key_of
from schema.base_model import Model
from schema.profile.layers import AspectLevel, DomainAffinity, DynamicLevel, FacetLevel, Profile, ValueName
from schema.profile_vocabulary import NAMES, SIGNATURE, WAYS, Aspect, Layer

MOST_FACETS = 2
"""How many facets are told at each end."""
MOST_DOMAINS = 3
"""How many domains are told as those that a person speaks of most warmly."""


class Section(Model):
    """What one layer says in words."""

    heading: str
    words: list[str]
    sentences: bool = False
    """Whether each of the words is a sentence by itself."""

    @property
    def in_words(self) -> str:
        """The section as one paragraph."""
        return (
            f"{self.heading}. {'. '.join(self.words)}."
            if self.sentences
            else f"{self.heading}: {', '.join(self.words)}."
        )


def dynamics(profile: Profile) -> list[DynamicLevel]:
    """Returns the core dynamics of which a portrait says something."""
    return [level for level in profile.dynamics if profile_words.is_visible(level.confidence)]


def signature(profile: Profile) -> list[AspectLevel]:
    """Returns the aspects of the signature in which one way clearly leads."""
    return _told(profile.signature)


def lately(profile: Profile) -> list[AspectLevel]:
    """Returns what a person has shown lately, without what the signature says anyway."""
    known = {(level.aspect, level.way) for level in signature(profile)}
    return [level for level in _told(profile.adaptive) if (level.aspect, level.way) not in known]


def warmest(profile: Profile) -> list[DomainAffinity]:
    """Returns the domains that a person speaks of most warmly."""
    warm = [
        level
        for level in profile.affinities
        if profile_words.place(level.score) == "high" and profile_words.is_visible(level.confidence)
    ]
    return warm[:MOST_DOMAINS]


def facets(profile: Profile) -> tuple[list[FacetLevel], list[FacetLevel]]:
    """Returns the facets that stand out, those with the highest level and those with the lowest, the clearest first."""
    levels = [
        level
        for trait in profile_words.visible(profile).values()
        for level in trait.facets
        if profile_words.is_visible(level.confidence)
    ]
    by_height = sorted(levels, key=lambda level: level.score)
    most = [level for level in reversed(by_height) if profile_words.place(level.score) == "high"]
    least = [level for level in by_height if profile_words.place(level.score) == "low"]
    return most[:MOST_FACETS], least[:MOST_FACETS]


def sections(profile: Profile, texts: Texts) -> list[Section]:
    """Returns what the layers beside the scales say in words, the empty ones left out."""
    most, least = facets(profile)
    told = [
        Section(
            heading=texts.say("layers-signature"),
            words=[_sentence(level, texts) for level in signature(profile)],
            sentences=True,
        ),
        Section(
            heading=texts.say("layers-lately"),
            words=[_sentence(level, texts) for level in lately(profile)],
            sentences=True,
        ),
        Section(
            heading=texts.say("layers-warmest"),
            words=[texts.say(f"domain-{key_of(level.domain)}") for level in warmest(profile)],
        ),
        Section(heading=texts.say("layers-most"), words=[_facet(level, texts) for level in most]),
        Section(heading=texts.say("layers-least"), words=[_facet(level, texts) for level in least]),
    ]
    return [section for section in told if section.words]


def unknown(profile: Profile, texts: Texts) -> str:
    """Names what the signature does not tell yet; empty when it tells all, or nothing."""
    known = {level.aspect for level in signature(profile)}
    missing = [texts.say(f"aspect-{key_of(aspect)}") for aspect in SIGNATURE if aspect not in known]
    if not profile.signature or not missing:
        return ""
    return texts.say("layers-told", heading=texts.say("layers-unknown"), words=", ".join(missing))


def name(value: ValueName, texts: Texts) -> str:
    """Names a value of a profile, as a title. One that this version does not know keeps the name that it has."""
    if value.name not in NAMES[value.layer]:
        return value.name
    key = key_of(value.name)
    match value.layer:
        case Layer.BIG_FIVE:
            words = texts.say(f"trait-{key}")
        case Layer.FACETS:
            words = texts.say(f"facet-{key}")
        case Layer.CORE_DYNAMICS:
            words = texts.say(f"dynamic-{key}")
        case Layer.ADAPTIVE_TRAITS:
            words = texts.say("value-lately", value=texts.say(f"aspect-{key}"))
        case Layer.DOMAIN_AFFINITIES:
            words = texts.say("value-domain", domain=texts.say(f"domain-{key}"))
        case Layer.SIGNATURE:
            words = texts.say(f"aspect-{key}")
    return words[0].upper() + words[1:]


def way(aspect: str, way: str, texts: Texts) -> str:
    """Describes a way of an aspect. One that this version does not know keeps the name that it has."""
    return texts.say(f"way-{key_of(aspect)}-{key_of(way)}") if way in _ways(aspect) else way


def values(profile: Profile) -> list[ValueName]:
    """Returns all values of which a portrait says something, in its order; facets, which are many, come last."""
    shown = profile_words.visible(profile).values()
    found = [
        *((Layer.BIG_FIVE, level.trait) for level in shown),
        *((Layer.CORE_DYNAMICS, level.dynamic) for level in dynamics(profile)),
        *((Layer.SIGNATURE, level.aspect) for level in signature(profile)),
        *((Layer.ADAPTIVE_TRAITS, level.aspect) for level in lately(profile)),
        *((Layer.DOMAIN_AFFINITIES, level.domain) for level in warmest(profile)),
        *((Layer.FACETS, level.facet) for few in facets(profile) for level in few),
    ]
    return [ValueName(layer=layer, name=str(each)) for layer, each in found]


def named(words: str, texts: Texts) -> ValueName | None:
    """Returns the value that a person means by these words: its name or a beginning of it, if only one has that."""
    wanted = _plain(words)
    every = [(value, _plain(name(value, texts))) for value in _every_value()]
    same = [value for value, its_name in every if wanted in (its_name, _plain(value.name))]
    near = same or [value for value, its_name in every if wanted and its_name.startswith(wanted)]
    # What a person has shown over all the time and lately bear one name in the vocabulary: the first is meant.
    return near[0] if near and (same or len(near) == 1) else None


def _every_value() -> Iterable[ValueName]:
    order = (*(layer for layer in Layer if layer is not Layer.ADAPTIVE_TRAITS), Layer.ADAPTIVE_TRAITS)
    return [ValueName(layer=layer, name=each) for layer in order for each in NAMES[layer]]


def _plain(words: str) -> str:
    return " ".join(words.casefold().replace("ё", "е").replace("_", " ").split()).rstrip(" .?!")


def _told(levels: Iterable[AspectLevel]) -> list[AspectLevel]:
    return [level for level in levels if level.way in _ways(level.aspect)]


def _ways(aspect: str) -> tuple[str, ...]:
    # Evidence may name aspects that this version has no words for.
    return WAYS[Aspect(aspect)] if aspect in list(Aspect) else ()


def _sentence(level: AspectLevel, texts: Texts) -> str:
    begins = texts.say(f"aspect-{key_of(level.aspect)}-begins")
    return f"{begins}: {way(level.aspect, str(level.way), texts)}"


def _facet(level: FacetLevel, texts: Texts) -> str:
    return texts.say(f"facet-{key_of(level.facet)}")
