"""`python -m tools.media [SLUG…]`: makes media, captions and covers anew; without numpy and ffmpeg only `texts`.

`python -m tools.media texts` writes captions and covers alone, which takes no time and needs no packages.
"""

import sys

from heartport.config import ROOT
from tools.media import covers, timelines

MEDIA = ROOT / "content" / "media"
COVERS = ROOT / "content" / "covers"
STEREO, MONO, LONG = 72, 40, 32
"""Kilobits a second: space costs more, and what plays for minutes must stay small."""
BITRATES = {
    "rain": STEREO,
    "waves": STEREO,
    "forest": STEREO,
    "muscle-relaxation": LONG,
    "body-scan": LONG,
    "sleep": LONG,
}
QUIETER = {"sleep": -21.0}
"""LUFS where a track is meant for the pillow."""


def write_texts() -> None:
    """Write all captions and all covers."""
    MEDIA.mkdir(exist_ok=True)
    COVERS.mkdir(exist_ok=True)
    for timeline in timelines.ALL:
        (MEDIA / f"{timeline.slug}.vtt").write_text(timelines.webvtt(timeline), encoding="utf-8")
    for name, picture in covers.all_covers().items():
        (COVERS / f"{name}.svg").write_text(picture, encoding="utf-8")


def write_media(slugs: list[str]) -> None:
    """Make the sound of each track named, or of all, and the pictures of videos; the same run gives the same bytes."""
    from tools.media import encoding, sounds, videos

    for timeline in timelines.ALL:
        if slugs and timeline.slug not in slugs:
            continue
        print(timeline.slug, flush=True)
        sound = sounds.sound_of(timeline)
        if timeline in timelines.VIDEO:
            target = MEDIA / f"{timeline.slug}.mp4"
            encoding.write_video(videos.frames_of(timeline), videos.SIZE, videos.RATE, sound, target)
        else:
            target = MEDIA / f"{timeline.slug}.m4a"
            loudness = QUIETER.get(timeline.slug, encoding.LOUDNESS)
            encoding.write_audio(sound, target, BITRATES.get(timeline.slug, MONO), loudness)


def main(arguments: list[str]) -> None:
    """Write texts, and media unless only texts are asked for."""
    write_texts()
    if arguments != ["texts"]:
        write_media(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
