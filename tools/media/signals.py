"""Waves, noises and envelopes as arrays of numbers between -1 and 1, at 32,000 samples a second."""

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RATE = 32_000
"""Samples a second: everything up to 15 kHz, and less to store than at 44,100."""

Wave = NDArray[np.float64]


def randomness(name: str) -> np.random.Generator:
    """Return the randomness of one sound, the same each time."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def samples(seconds: float) -> int:
    """Return how many samples so many seconds have."""
    return round(seconds * RATE)


def times(seconds: float) -> Wave:
    """Return the moment of each sample."""
    return np.arange(samples(seconds)) / RATE


def noise(random: np.random.Generator, length: int, tilt: float = 1.0) -> Wave:
    """Return noise whose power falls by 3 dB an octave for each unit of tilt: 0 white, 1 pink, 2 brown."""
    whole = quick(length)
    spectrum = np.fft.rfft(random.standard_normal(whole))
    spectrum *= np.maximum(np.fft.rfftfreq(whole, 1 / RATE), 20.0) ** (-tilt / 2)
    return unit(np.fft.irfft(spectrum, whole)[:length])


def quick(length: int) -> int:
    """Return the next length that Fourier transforms work on quickly, one without large prime factors."""
    while True:
        rest = length
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return length
        length += 1


def band(wave: Wave, low: float, high: float, edge: float = 1.8) -> Wave:
    """Keep what lies between two frequencies; its edges are so many octaves wide: steep ones sound like a pipe."""
    whole = quick(len(wave))
    spectrum = np.fft.rfft(wave, whole)
    octaves = np.log2(np.maximum(np.fft.rfftfreq(whole, 1 / RATE), 1.0))
    above = np.clip((octaves - np.log2(low)) / edge + 0.5, 0, 1)
    below = np.clip((np.log2(high) - octaves) / edge + 0.5, 0, 1)
    return np.fft.irfft(spectrum * smooth(above) * smooth(below), whole)[: len(wave)]


def unit(wave: Wave) -> Wave:
    """Scale a wave to a root mean square of 1."""
    return wave / (np.sqrt(np.mean(wave**2)) + 1e-12)


def smooth(rising: Wave) -> Wave:
    """Bend a straight rise from 0 to 1 so that it sets out and arrives gently."""
    return rising * rising * (3 - 2 * rising)


def drift(random: np.random.Generator, length: int, period: float, low: float, high: float) -> Wave:
    """Return a slow wandering between two values that turns about once a period of so many seconds."""
    points = max(4, int(length / RATE / period) + 3)
    values = random.uniform(low, high, points)
    at = np.linspace(0, points - 1.001, length)
    left = at.astype(int)
    share = smooth(at - left)
    return values[left] * (1 - share) + values[left + 1] * share


def fade(wave: Wave, seconds_in: float, seconds_out: float) -> Wave:
    """Let a wave begin from silence and end in it."""
    faded = wave.copy()
    for seconds, backwards in ((seconds_in, False), (seconds_out, True)):
        count = min(samples(seconds), wave.shape[-1])
        if count:
            ramp = smooth(np.linspace(0, 1, count))
            if backwards:
                faded[..., -count:] *= ramp[::-1]
            else:
                faded[..., :count] *= ramp
    return faded


def add(target: Wave, wave: Wave, at: float) -> None:
    """Lay a wave over another from a moment on, as far as there is room."""
    begins = samples(at)
    room = min(wave.shape[-1], target.shape[-1] - begins)
    if room > 0:
        target[..., begins : begins + room] += wave[..., :room]


def glide(pitch: Wave, overtones: Sequence[float] = (1.0,)) -> Wave:
    """Return a tone that follows a pitch in hertz, with overtones of the strengths given."""
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    return sum((strength * np.sin(phase * (n + 1)) for n, strength in enumerate(overtones)), np.zeros_like(pitch))


def bowl(pitch: float, seconds: float) -> Wave:
    """Return one stroke of a singing bowl: partials that beat against themselves and die away in turn."""
    at = times(seconds)
    wave = np.zeros_like(at)
    for ratio, strength, decay in ((1.0, 1.0, 0.45), (2.71, 0.45, 0.8), (5.15, 0.16, 1.5), (8.2, 0.05, 2.6)):
        partial = np.sin(2 * np.pi * pitch * ratio * at) + np.sin(2 * np.pi * (pitch * ratio + 0.7) * at)
        wave += strength / 2 * partial * np.exp(-decay * at)
    return fade(wave, 0.012, min(1.5, seconds / 3))


def room(random: np.random.Generator, wave: Wave, seconds: float, wet: float) -> Wave:
    """Let a wave sound in a hall whose echo dies within so many seconds; stereo where the wave is."""
    count = samples(seconds)
    decay = np.exp(-6.9 * np.arange(count) / count)
    length = quick(wave.shape[-1] + count)
    found = np.empty_like(wave)
    for channel in np.ndindex(wave.shape[:-1]):
        echo = unit(band(random.standard_normal(count), 200, 5000)) * decay
        echo /= np.sqrt(np.sum(echo**2))
        spectrum = np.fft.rfft(wave[channel], length) * np.fft.rfft(echo, length)
        found[channel] = wave[channel] * (1 - wet) + np.fft.irfft(spectrum, length)[: wave.shape[-1]] * wet
    return found


def pan(wave: Wave, side: float) -> Wave:
    """Place a wave between left (-1) and right (1) with equal power."""
    angle = (side + 1) * np.pi / 4
    return np.stack([wave * np.cos(angle), wave * np.sin(angle)])
