"""How the coach speaks to a person, by what is known of them."""

from __future__ import annotations

from schema.coaching.context import Style
from schema.profile.layers import HIGH, LOW, VISIBLE, Profile
from schema.vocabulary import Trait


def style_of(profile: Profile) -> Style:
    """The style that fits a profile: by openness, conscientiousness and extraversion.

    Above `HIGH` a trait asks for the first of two ways, below `LOW` for the second; in the middle, and while it is not
    visible, for neither.
    """
    leans = {level.trait: _lean(level.score) for level in profile.traits if level.confidence >= VISIBLE}
    return Style(
        images=leans.get(Trait.OPENNESS),
        structure=leans.get(Trait.CONSCIENTIOUSNESS),
        energy=leans.get(Trait.EXTRAVERSION),
    )


def _lean(score: float) -> bool | None:
    if score > HIGH:
        return True
    return False if score < LOW else None
