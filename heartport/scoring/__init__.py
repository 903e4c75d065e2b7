"""The scale engine: reads scale files, refuses what is wrong in them, scores answers exactly. Pure Python values.

What the other rooms call:

- `library.load_library(directories) -> Library`: `.current` (published scales by id), `.find(scale_id, version)`;
  raises `problems.ScalesRefused`, whose `.problems` name file, line and path.
- `language.Scale`: one version of one scale; its parts are in `constructs` (`Item`, `Option`, `Score`, `Bands`,
  `Flag`, `Advice`, `Licence`, …), its words are `words.Words`.
- `sheets.read_sheet(scale, answers, profile, year) -> (Sheet, errors)`: strict, for HTTP, in the year of the answers.
- `sheets.read_loosely(scale, answers, profile, year) -> Sheet`: for batches.
- `flags.live_flags(scale, answers, profile) -> tuple[Flag, ...]`: on whatever was sent; never raises.
- `scale.plan.score(sheet) -> plans.Outcome`; `plans.ENGINE_VERSION`.
- `manner.findings(scale, sheet, outcome, duration_ms)`: what is worth a word about the manner of answering.
- `norms.norm_of(scale, scores, profile, year)`, `norms.standings(norm, scores, profile, year)`, and
  `norms.clear_change(scale, score, earlier, later)`.
- `working.workings_of(scale, sheet) -> Workings`: how each number was counted; its sentences are in `working_words`.
- `exact.number(value)` for JSON, `exact.display(value, score)` for the eye.
- `portrait.portrait(scale)`, `edges.edge_cases(scale)`, `frozen.freeze` and `thaw`,
  `noticing.verdicts(scale, frozen)`, `schema.scale_schema()`: what the commands print.
- `columns.running.Batch`: scores a file; imported by commands only, when they run.
"""
