"""Colours for errors: one hue, dark is bad, so that they can be told apart without seeing hues."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Hue = Literal["blue", "orange"]
_RAMPS: Final = {
    "blue": ("#eaf3fb", "#9cc8e8", "#3f8fc4", "#155a94", "#06264a"),
    "orange": ("#fdebcf", "#fbbf6b", "#ee8429", "#b84a0a", "#5c1a02"),
}
_FLOOR: Final = 1e-6  # an error that is smaller is drawn like this one
_LINEAR_TO: Final = 0.04045
_BRIGHT: Final = 0.179  # of this luminance black and white stand out alike: 4.6 to 1


@dataclass(frozen=True, slots=True)
class Scale:
    """Errors on a logarithmic scale of one hue, from the least to the most of a device."""

    values: tuple[float, ...]
    hue: Hue

    @classmethod
    def of(cls, errors: Iterable[float | None], *, hue: Hue) -> "Scale":
        """Return the scale of these errors; missing ones are left out."""
        return cls(tuple(sorted(error for error in errors if error is not None)), hue)

    @property
    def least(self) -> float:
        """The best error."""
        return self.values[0]

    @property
    def most(self) -> float:
        """The worst error."""
        return self.values[-1]

    def colour(self, error: float) -> str:
        """Return the colour of an error."""
        low, high, here = (math.log(max(e, _FLOOR)) for e in (self.least, self.most, error))
        return self.shade((here - low) / (high - low) if high > low else 0.5)

    def shade(self, share: float) -> str:
        """Return the colour at a share of the scale, 0 to 1."""
        ramp = _RAMPS[self.hue]
        place = min(max(share, 0.0), 1.0) * (len(ramp) - 1)
        below = min(int(place), len(ramp) - 2)
        parts = zip(_rgb(ramp[below]), _rgb(ramp[below + 1]), strict=True)
        mixed = (round(a + (b - a) * (place - below)) for a, b in parts)
        return "#" + "".join(f"{part:02x}" for part in mixed)


def ink_on(colour: str) -> str:
    """Return black or white, whichever can be read on a colour."""
    red, green, blue = (_linear(part / 255) for part in _rgb(colour))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue  # WCAG 2.1, relative luminance
    return "#000000" if luminance > _BRIGHT else "#ffffff"


def _linear(part: float) -> float:
    """Undo the gamma of sRGB; IEC 61966-2-1."""
    return part / 12.92 if part <= _LINEAR_TO else float(((part + 0.055) / 1.055) ** 2.4)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
