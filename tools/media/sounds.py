"""The sound of each track, made of noise and tones; no recording is used."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from tools.media.signals import (
    RATE,
    Wave,
    add,
    band,
    bowl,
    drift,
    fade,
    glide,
    noise,
    pan,
    randomness,
    room,
    samples,
    smooth,
    times,
    unit,
)
from tools.media.timelines import Beat, Timeline

A2, D3, E3, A3, B3, D4, E4, FIS4, A4 = 110.0, 146.83, 164.81, 220.0, 246.94, 293.66, 329.63, 369.99, 440.0


def pad(random: np.random.Generator, seconds: float, pitches: Sequence[float]) -> Wave:
    """Return a chord that hangs in the air, each tone swelling on its own."""
    length = samples(seconds)
    wave = np.zeros(length)
    for pitch in pitches:
        for detuned in (pitch * 0.9985, pitch * 1.0015):
            swell = drift(random, length, 9, 0.35, 1.0)
            wave += swell * glide(np.full(length, detuned), (1.0, 0.28, 0.08))
    return unit(wave)


def breath(random: np.random.Generator, beat: Beat) -> Wave:
    """Return one phase of a breath: air that comes or goes, and a tone that rises or sinks with it."""
    at = times(beat.lasts) / beat.lasts
    air = band(noise(random, len(at), 1.2), 160, 1300)
    bright = band(air, 500, 1600)
    if beat.kind == "inhale":
        level = smooth(at) * smooth(np.clip((1 - at) * 6, 0, 1))
        pitch = A3 + (E4 - A3) * smooth(at)
        colour = air * (1 - 0.5 * at) + bright * at
    elif beat.kind == "exhale":
        level = smooth(np.clip(at * 7, 0, 1)) * (1 - smooth(at)) ** 0.8
        pitch = E4 - (E4 - A3) * smooth(at)
        colour = bright * (1 - at) * 0.8 + air * (0.4 + 0.6 * at)
    else:
        level = 0.12 * smooth(np.clip(np.minimum(at, 1 - at) * 6, 0, 1))
        pitch = np.full_like(at, E4)
        colour = band(air, 200, 700)
    tone = glide(pitch, (1.0, 0.22, 0.05))
    gentle = smooth(np.clip(np.minimum(at, 1 - at) * 8, 0, 1))
    return 0.50 * level * unit(colour) + 0.30 * tone * (level * 0.8 + 0.2 * gentle)


def guided(timeline: Timeline) -> Wave:
    """Return a quiet chord with the sounds of a timeline's beats laid over it."""
    random = randomness(timeline.slug)
    wave = 0.2 * pad(random, timeline.seconds, (A2, E3, A3, B3))
    makers: Mapping[str, Callable[[Beat], Wave]] = {
        "bell": lambda beat: 0.5 * bowl(A3, beat.lasts),
        "step": lambda beat: 0.4 * bowl(E4, 5),
        "inhale": lambda beat: breath(random, beat),
        "hold": lambda beat: breath(random, beat),
        "exhale": lambda beat: breath(random, beat),
        "tense": lambda beat: tension(random, beat),
        "release": lambda beat: let_go(random, beat),
    }
    for beat in timeline.beats:
        add(wave, makers[beat.kind](beat), beat.at)
    return fade(room(random, wave, 2.6, 0.3), 2, 3)


def tension(random: np.random.Generator, beat: Beat) -> Wave:
    """Return a tone that gathers and trembles a little, as muscles do."""
    at = times(beat.lasts) / beat.lasts
    level = smooth(np.clip(at * 2, 0, 1)) * smooth(np.clip((1 - at) * 10, 0, 1))
    tremble = 1 + 0.18 * np.sin(2 * np.pi * 5.5 * times(beat.lasts))
    air = unit(band(noise(random, len(at), 1.0), 250, 1800))
    return level * (0.26 * tremble * glide(D4 + 6 * at, (1.0, 0.3, 0.1)) + 0.10 * air)


def let_go(random: np.random.Generator, beat: Beat) -> Wave:
    """Return a tone that sinks, and a long breath out."""
    at = times(min(beat.lasts, 9)) / min(beat.lasts, 9)
    tone = glide(D4 - (D4 - D3) * smooth(np.clip(at * 1.6, 0, 1)), (1.0, 0.2))
    air = unit(band(noise(random, len(at), 1.0), 160, 1500))
    return (1 - smooth(at)) * smooth(np.clip(at * 25, 0, 1)) * (0.26 * tone + 0.22 * air)


def rain(timeline: Timeline) -> Wave:
    """Return rain beyond a window: a steady wash, drops on stone, and a gutter that drips."""
    random = randomness(timeline.slug)
    length = samples(timeline.seconds)
    wave = np.zeros((2, length))
    wash = [band(noise(random, length, 1.1), 300, 6500) for _ in range(2)]
    low = band(noise(random, length, 2.0), 40, 350)
    gusts = drift(random, length, 11, 0.75, 1.15)
    for channel in range(2):
        wave[channel] = gusts * (0.55 * wash[channel] / wash[channel].std() + 0.22 * low / low.std())
    for _ in range(int(timeline.seconds * 34)):
        drop = _drop(random.uniform(900, 5200), random.uniform(0.004, 0.02))
        add(wave, pan(drop * random.gamma(1.6, 0.28), random.uniform(-0.9, 0.9)), random.uniform(0, timeline.seconds))
    at = 0.0
    while at < timeline.seconds:
        at += random.uniform(0.5, 1.5)
        add(wave, pan(_plop(random) * random.uniform(0.5, 1.0), random.choice([-0.55, 0.45])), at)
    return fade(room(random, wave, 0.9, 0.16), 1.5, 1.5)


def _drop(pitch: float, seconds: float) -> Wave:
    at = times(seconds * 6)
    return np.sin(2 * np.pi * pitch * at) * np.exp(-at / seconds) * np.minimum(at / 0.001, 1)


def _plop(random: np.random.Generator) -> Wave:
    """Return a drop that falls into water; the bubble under it lets the pitch rise."""
    at = times(0.16)
    pitch = random.uniform(420, 760) * (1 + 2.2 * at)
    return 1.4 * glide(pitch, (1.0, 0.15)) * np.exp(-at / 0.035) * np.minimum(at / 0.003, 1)


def surf(random: np.random.Generator, seconds: float, periods: Sequence[float], brightness: float = 1.0) -> Wave:
    """Return breakers, one each period: they come near, break, and run back hissing over the sand."""
    length = samples(seconds)
    wave = np.zeros((2, length))
    at = -3.0
    for period in periods:
        lasts = period * 1.55
        shape = times(lasts) / lasts
        side = random.uniform(-0.5, 0.5)
        strength = random.uniform(0.75, 1.1)
        near = smooth(np.clip(shape / 0.42, 0, 1)) * (1 - smooth(np.clip((shape - 0.42) / 0.4, 0, 1)))
        breaking = smooth(np.clip((shape - 0.3) / 0.13, 0, 1)) * (1 - smooth(np.clip((shape - 0.45) / 0.3, 0, 1)))
        hiss = smooth(np.clip((shape - 0.4) / 0.12, 0, 1)) * (1 - smooth(np.clip((shape - 0.52) / 0.48, 0, 1)))
        for channel, share in enumerate((1 - 0.35 * side, 1 + 0.35 * side)):
            count = len(shape)
            rumble = unit(band(noise(random, count, 1.6), 50, 500))
            crash = unit(band(noise(random, count, 0.8), 250, 3600))
            foam = unit(band(noise(random, count, 0.6), 1500, 6000))
            breaker = 0.75 * near * rumble + brightness * (0.5 * breaking * crash + 0.17 * hiss * foam)
            begins = max(0.0, at)
            add(wave[channel], share * strength * breaker[samples(begins - at) :], begins)
        at += period
    return wave


def waves(timeline: Timeline) -> Wave:
    """Return the sea at evening."""
    random = randomness(timeline.slug)
    length = samples(timeline.seconds)
    periods = random.uniform(8.5, 11.5, int(timeline.seconds / 8) + 1)
    wave = surf(random, timeline.seconds, periods)
    for channel in range(2):
        distance = unit(band(noise(random, length, 1.7), 60, 900))
        wave[channel] += 0.11 * drift(random, length, 13, 0.7, 1.2) * distance
    return fade(wave, 1.5, 2.5)


def sleep(timeline: Timeline) -> Wave:
    """Return a sea that grows slower, darker and quieter, over a chord that leaves before it."""
    random = randomness(timeline.slug)
    length = samples(timeline.seconds)
    periods = np.linspace(9, 14, int(timeline.seconds / 10))
    wave = surf(random, timeline.seconds, periods, brightness=0.5)
    wave = np.stack([band(channel, 40, 2600) for channel in wave])
    chord = 0.2 * pad(random, timeline.seconds, (A2, D3, A3, FIS4 / 2))
    chord *= 1 - smooth(np.clip(np.arange(length) / samples(300), 0, 1))
    ground = 0.16 * unit(band(noise(random, length, 2.0), 40, 500))
    both = 0.8 * wave + chord + ground
    quieter = 1 - 0.72 * smooth(np.clip((np.arange(length) / RATE - 90) / (timeline.seconds - 120), 0, 1))
    # One channel halves what an unattended phone must fetch; in a pillow nobody hears the difference.
    return fade(np.mean(both * quieter, axis=0), 3, 45)


def forest(timeline: Timeline) -> Wave:
    """Return a wood at daybreak: wind, leaves, a brook far off, and four birds that take turns."""
    random = randomness(timeline.slug)
    length = samples(timeline.seconds)
    wave = np.zeros((2, length))
    gusts = drift(random, length, 7, 0.25, 1.0)
    for channel in range(2):
        wind = unit(band(noise(random, length, 1.5), 90, 900))
        leaves = unit(band(noise(random, length, 0.9), 1400, 5500))
        brook = unit(band(noise(random, length, 0.9), 500, 2600)) * drift(random, length, 0.35, 0.6, 1.3)
        wave[channel] = 0.34 * gusts * wind + 0.13 * gusts**2 * leaves + 0.10 * brook
    birds = np.zeros((2, length))
    for song, side, loudness, pause in (
        (_whistle, -0.5, 0.40, (7, 12)),
        (_trill, 0.6, 0.22, (10, 17)),
        (_two_notes, 0.15, 0.30, (9, 15)),
        (_chirps, -0.8, 0.20, (5, 9)),
    ):
        at = random.uniform(2, 6)
        while at < timeline.seconds - 6:
            phrase = song(random)
            add(birds, pan(loudness * random.uniform(0.6, 1.0) * phrase, side), at)
            at += len(phrase) / RATE + random.uniform(*pause)
    return fade(wave + room(random, birds, 1.8, 0.45), 1.5, 2)


def _note(start: float, end: float, seconds: float, bend: float = 0.0) -> Wave:
    at = times(seconds) / seconds
    pitch = start + (end - start) * smooth(at) + bend * np.sin(np.pi * at)
    return glide(pitch, (1.0, 0.12)) * smooth(np.clip(np.minimum(at * 6, (1 - at) * 3), 0, 1))


def _sung(notes: Sequence[tuple[float, Wave]]) -> Wave:
    wave = np.zeros(samples(max(at for at, _ in notes) + 1))
    for at, note in notes:
        add(wave, note, at)
    return wave


def _whistle(random: np.random.Generator) -> Wave:
    """Sing like a blackbird: a few slow, round notes."""
    pitches = random.choice([1650, 1850, 2100, 2350, 2600], 4)
    return _sung(
        [
            (n * 0.33, _note(p, p * random.uniform(0.92, 1.1), random.uniform(0.2, 0.32), 90))
            for n, p in enumerate(pitches)
        ]
    )


def _trill(random: np.random.Generator) -> Wave:
    """Sing a quick falling row of one note."""
    top = random.uniform(4300, 4900)
    return _sung(
        [(n * 0.085, _note(top - 55 * n, top - 55 * n - 600, 0.06)) for n in range(int(random.integers(8, 13)))]
    )


def _two_notes(random: np.random.Generator) -> Wave:
    """Call like a tit, high and low, a few times."""
    high = random.uniform(3500, 3700)
    return _sung(
        [
            (n * 0.36 + (0.16 if low else 0), _note(p, p * 0.98, 0.14))
            for n in range(3)
            for low, p in ((0, high), (1, high * 0.78))
        ]
    )


def _chirps(random: np.random.Generator) -> Wave:
    """Chirp like a sparrow, now and then."""
    return _sung(
        [(n * random.uniform(0.22, 0.3), _note(2900, 3900, 0.07, 300)) for n in range(int(random.integers(2, 5)))]
    )


SOUNDS: Mapping[str, Callable[[Timeline], Wave]] = {"rain": rain, "waves": waves, "forest": forest, "sleep": sleep}


def sound_of(timeline: Timeline) -> Wave:
    """Return the sound of a track: one channel, or two where space is part of it."""
    return SOUNDS.get(timeline.slug, guided)(timeline)
