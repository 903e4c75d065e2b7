"""Makes the audio, the videos, their captions and all covers of the library: `python -m tools.media`."""
