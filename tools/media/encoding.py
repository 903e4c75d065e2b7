"""Writes what was made as files that phones play: loudness set by ffmpeg's meter, AAC, H.264, index first."""

import re
import subprocess
import wave as wav
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from tools.media.signals import RATE, Wave

LOUDNESS = -18.0
"""LUFS of a whole track (EBU R 128): as loud as a quiet podcast, so that nothing startles."""

PEAK = 0.7
"""-3 dBFS, which leaves room for what encoding adds."""


def write_audio(sound: Wave, target: Path, bitrate: int, loudness: float = LOUDNESS) -> None:
    """Write a sound as AAC in MPEG-4."""
    raw = target.with_suffix(".wav")
    _write_wav(_levelled(sound, raw, loudness), raw)
    try:
        _ffmpeg("-i", raw, "-c:a", "aac", "-b:a", f"{bitrate}k", "-cutoff", 10_000, *TIDY, target)
    finally:
        raw.unlink()


def write_video(frames: Iterable[bytes], size: tuple[int, int], rate: int, sound: Wave, target: Path) -> None:
    """Write frames of RGB bytes as H.264 with a sound as AAC."""
    raw = target.with_suffix(".wav")
    _write_wav(_levelled(sound, raw, LOUDNESS), raw)
    picture = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{size[0]}x{size[1]}", "-r", rate, "-i", "-")
    coding = (
        "-c:v",
        "libx264",
        "-preset",
        "slow",
        "-tune",
        "animation",
        "-crf",
        30,
        "-pix_fmt",
        "yuv420p",
        "-profile:v",
        "main",
    )
    command = ("-threads", 1, *picture, "-i", raw, *coding, "-threads", 1, "-c:a", "aac", "-b:a", "40k", *TIDY, target)
    try:
        with subprocess.Popen(_command(*command), stdin=subprocess.PIPE) as running:
            assert running.stdin is not None
            for frame in frames:
                running.stdin.write(frame)
            running.stdin.close()
        if running.returncode:
            raise RuntimeError(f"ffmpeg ended with {running.returncode}")
    finally:
        raw.unlink()


TIDY = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact", "-movflags", "+faststart")
"""Nothing that changes from day to day, and the index before the sound, so that playing begins at once."""


def _levelled(sound: Wave, raw: Path, loudness: float) -> Wave:
    """Bring a sound to its loudness; what would still stick out is bent back softly."""
    sound = sound / np.max(np.abs(sound)) * 0.5
    for _ in range(2):
        _write_wav(sound, raw)
        sound = sound * 10 ** ((loudness - measured(raw)) / 20)
        sound = PEAK * np.tanh(sound / PEAK) if np.max(np.abs(sound)) > PEAK else sound
    return sound


def measured(path: Path) -> float:
    """Return the integrated loudness of a file in LUFS."""
    meter = _command("-i", path, "-af", "ebur128=framelog=verbose", "-f", "null", "-", loud=True)
    output = subprocess.run(meter, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True).stderr
    return float(re.findall(r"I:\s+(-?[0-9.]+) LUFS", output)[-1])


def _write_wav(sound: Wave, path: Path) -> None:
    whole = np.round(np.clip(np.atleast_2d(sound), -1, 1) * 32767).astype("<i2")
    with wav.open(str(path), "wb") as file:
        file.setnchannels(whole.shape[0])
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(whole.T.tobytes())


def _ffmpeg(*arguments: object) -> None:
    subprocess.run(_command(*arguments), stdin=subprocess.DEVNULL, check=True)


def _command(*arguments: object, loud: bool = False) -> list[str]:
    level = ["-hide_banner", "-nostats"] if loud else ["-loglevel", "error"]
    return ["ffmpeg", "-y", *level, *map(str, arguments)]
