"""Where sources and public software disagree, or a rounding or a gap decides: one named test a trap.

The numbers in the headings are those of the list of disagreements from which the files were written. Each test says
what is right here; the source stands in the file of the scale.
"""

from fractions import Fraction
from itertools import product

import pytest

from tests.scoring.shipped import flat, scored, shipped


def sheet(values, reverse=(), both=0):
    """Give the answers that count as these values, item by item."""
    return {f"q{at}": both - value if at in reverse else value for at, value in enumerate(values, start=1)}


def summing(total, items, low, high):
    """Give values between the ends that come to this sum, as even as may be."""
    each, over = divmod(total - items * low, items)
    values = [low + each + (at < over) for at in range(items)]
    assert max(values) <= high
    return values


def reversed_in(scale_id):
    return {int(name[1:]) for key in shipped(scale_id).keys if key.reverse for name in key.items}


# 1. Zung's index


SDS = (2, 5, 6, 11, 12, 14, 16, 17, 18, 20)
SAS = (5, 9, 13, 17, 19)


def zung(scale_id, raw, reverse):
    outcome = scored(scale_id, sheet(summing(raw, 20, 1, 4), reverse, 5))
    assert outcome.scores["raw"] == raw
    return outcome


@pytest.mark.parametrize(
    ("raw", "band"),
    [(41, "normal"), (42, "mild"), (49, "mild"), (50, "moderate"), (57, "moderate"), (58, "severe")],
)
def test_sds_levels_sit_on_raw_42_50_58_and_no_rounding_of_the_index_decides(raw, band):
    assert zung("sds", raw, SDS).bands["raw"] == band
    assert [band.start for band in shipped("sds").bands[0].shown.bands] == [20, 42, 50, 58]


@pytest.mark.parametrize(("raw", "index"), [(39, 49), (47, 59), (55, 69), (42, 53), (50, 63), (58, 73), (43, 54)])
def test_sds_index_is_rounded_half_up_as_zungs_own_pairs(raw, index):
    assert zung("sds", raw, SDS).scores["index"] == index


@pytest.mark.parametrize(("raw", "band"), [(39, "normal"), (40, "mild"), (48, "moderate"), (56, "severe")])
def test_zungs_own_levels_of_the_sds_stand_beside_as_a_second_set(raw, band):
    assert zung("sds", raw, SDS).band_sets["raw"]["zung"] == band


@pytest.mark.parametrize(
    ("raw", "cn", "international"),
    [(35, "normal", "normal"), (36, "normal", "mild"), (40, "mild", "mild"), (56, "severe", "moderate")],
)
def test_sas_levels_sit_on_the_raw_score_in_both_sets(raw, cn, international):
    outcome = zung("sas", raw, SAS)
    assert (outcome.bands["raw"], outcome.band_sets["raw"]["international"]) == (cn, international)


# 2 and 3. The two orders of the RSES


def test_rses_in_the_order_of_maryland_turns_2_5_6_8_9_and_has_no_bands_that_could_overlap():
    assert reversed_in("rses") == {2, 5, 6, 8, 9}
    assert not shipped("rses").bands


def test_rses_in_the_chinese_order_turns_item_3_and_four_others():
    assert reversed_in("rses_cn") == {3, 5, 8, 9, 10}
    answers = flat(1, 10) | {"q3": 4}
    assert scored("rses_cn", answers).scores["total"] == scored("rses_cn", flat(1, 10)).scores["total"] - 3


def test_the_list_of_one_order_of_the_rses_gives_other_totals_in_the_other():
    """They are two scales, so that nobody can apply one list to the other order unawares."""
    answers = sheet([4] * 10, (2, 5, 6, 8, 9), 5)
    assert scored("rses", answers).scores["total"] == 40
    assert scored("rses_cn", answers).scores["total"] == 28


def test_item_8_of_the_chinese_rses_has_two_variants_beside_the_total():
    found = scored("rses_cn", flat(2, 10) | {"q8": 4}).scores
    assert (found["total"], found["total_item8_positive"], found["total_without_item8"]) == (23, 26, 22)


# 4. SCL-90


def factors():
    scale = shipped("scl90")
    return {
        score.id: score.formula.of
        for score in scale.scores
        if score.kind == "mean" and len(score.formula.of) < len(scale.items)
    }


def test_the_ten_factors_of_the_scl90_share_out_items_1_to_90():
    found = [name for items in factors().values() for name in items]
    assert len(factors()) == 10
    assert sorted(found, key=lambda name: int(name[1:])) == [f"q{at}" for at in range(1, 91)]


def test_depression_of_the_scl90_takes_item_5_and_item_15_and_leaves_item_4():
    depression = set(factors()["depression"])
    assert {"q5", "q15"} <= depression
    assert "q4" not in depression
    assert len(depression) == 13


def test_factors_of_the_scl90_are_no_consecutive_blocks():
    assert all(int(items[-1][1:]) - int(items[0][1:]) >= len(items) for items in factors().values())


def test_the_total_of_the_scl90_is_the_sum_of_90_items_and_no_factor_is_added():
    total = next(score for score in shipped("scl90").scores if score.id == "total")
    assert set(total.formula.of) == {f"q{at}" for at in range(1, 91)}
    assert scored("scl90", flat(5, 90)).scores["total"] == 450


def test_a_factor_of_exactly_2_screens_in_the_scl90_and_does_not_strictly():
    answers = flat(1, 90) | dict.fromkeys(factors()["hostility"], 2)
    found = scored("scl90", answers).scores
    assert (found["hostility"], found["screen"], found["screen_strict"]) == (2, 1, 0)
    above = scored("scl90", answers | {"q11": 3}).scores
    assert (above["screen"], above["screen_strict"]) == (1, 1)


def test_the_codings_of_the_scl90_cannot_be_mixed_as_0_is_no_answer():
    outcome = scored("scl90", flat(1, 90) | {"q1": 0})
    assert outcome.invalid == ("q1",)
    assert outcome.scores["total"] is None


def test_the_mean_of_positive_items_of_the_scl90_leaves_the_negatives_out():
    found = scored("scl90", flat(1, 90) | {"q1": 3, "q2": 5}).scores
    assert (found["positive_count"], found["negative_count"], found["positive_mean"]) == (2, 88, 4)
    assert scored("scl90", flat(1, 90)).scores["positive_mean"] is None


# 5. PSQI


NIGHT = {
    "q1": "23:00", "q2": 10, "q3": "07:00", "q4": 450,
    **{f"q5{letter}": 0 for letter in "abcdefghij"}, "q6": 0, "q7": 0, "q8": 0, "q9": 0,
}  # fmt: skip


def psqi(**answers):
    return scored("psqi", NIGHT | answers).scores


@pytest.mark.parametrize(("minutes", "component"), [(420, 0), (419, 1), (360, 1), (359, 2), (300, 2), (299, 3)])
def test_psqi_counts_exactly_7_hours_as_0_and_exactly_6_as_1(minutes, component):
    assert psqi(q4=minutes)["duration"] == component


@pytest.mark.parametrize(
    ("slept", "component"), [(408, 0), (407, 1), (403, 1), (360, 1), (359, 2), (356, 2), (312, 2), (311, 3)]
)
def test_psqi_efficiency_of_exactly_85_counts_0_and_there_is_no_gap_below_85_75_and_65(slept, component):
    """Of 480 minutes in bed: 84.8 and 84.0 % are 1, 74.8 and 74.2 % are 2; nothing falls through to 3."""
    assert psqi(q4=slept)["efficiency"] == component


@pytest.mark.parametrize(
    ("minutes", "trouble", "component"), [(15, 0, 0), (16, 0, 1), (30, 0, 1), (60, 1, 2), (61, 0, 2), (61, 3, 3)]
)
def test_psqi_counts_15_minutes_to_fall_asleep_as_0(minutes, trouble, component):
    assert psqi(q2=minutes, q5a=trouble)["latency"] == component


def test_psqi_has_quality_sixth_and_enthusiasm_ninth_and_grades_it_from_0():
    found = psqi(q6=3, q7=2, q8=1, q9=0)
    assert (found["quality"], found["medication"], found["daytime"]) == (3, 2, 1)
    assert scored("psqi", NIGHT | {"q9": 4}).invalid == ("q9",)


def test_psqi_sums_no_partial_components():
    found = psqi(q5a=None)
    assert (found["latency"], found["total"], found["duration"]) == (None, None, 0)


def test_psqi_counts_a_blank_5j_as_0_and_no_other_blank():
    assert psqi(q5j=None)["total"] == 0
    for blank in NIGHT.keys() - {"q5j"}:
        assert psqi(**{blank: None})["total"] is None, blank


def test_psqi_without_time_in_bed_has_no_efficiency():
    found = psqi(q1="07:00")
    assert (found["efficiency"], found["total"]) == (None, None)


def worse_than(share, slept, in_bed):
    """Compare as some scorers do: in hours, in binary."""
    return (slept / 60) / (in_bed / 60) < share / 100


def test_psqi_efficiency_is_exact_on_a_grid_of_five_minutes_where_hours_in_binary_are_not():
    """Each combination at an edge, and each that binary arithmetic gets wrong, is scored as a whole sheet."""
    crossed = []
    for in_bed, slept in product(range(180, 721, 5), range(60, 721, 5)):
        expected = sum(slept * 100 < share * in_bed for share in (85, 75, 65))
        wrong = sum(worse_than(share, slept, in_bed) for share in (85, 75, 65)) != expected
        crossed += [(slept, in_bed)] if wrong else []
        if wrong or slept * 100 in {85 * in_bed, 75 * in_bed, 65 * in_bed}:
            rise = f"{in_bed // 60:02}:{in_bed % 60:02}"
            assert psqi(q1="00:00", q3=rise, q4=slept)["efficiency"] == expected
    assert crossed, "no combination that binary arithmetic gets wrong: this test could not fail"


# 6. WHO-5


@pytest.mark.parametrize("raw", [0, 5, 7, 12, 13, 25])
def test_who5_percent_is_the_sum_times_4_and_nothing_else(raw):
    assert scored("who5", sheet(summing(raw, 5, 0, 5))).scores == {"raw": raw, "percent": raw * 4}


def test_who5_has_no_other_levels_than_below_13_and_at_most_28_percent():
    (bands,) = shipped("who5").bands
    assert [[band.start for band in each.bands] for each in bands.sets] == [[0, 13], [0, 8]]


# 7. BRS


def test_brs_turns_three_items_and_ends_at_5():
    score = shipped("brs").scores[0]
    assert reversed_in("brs") == {2, 4, 6}
    assert (score.min, score.max) == (1, 5)


@pytest.mark.parametrize(
    ("total", "band"), [(17, "low"), (18, "normal"), (25, "normal"), (26, "high"), (30, "high"), (6, "low")]
)
def test_brs_levels_leave_no_gap_between_2_99_and_3_and_4_30_and_4_31(total, band):
    outcome = scored("brs", sheet(summing(total, 6, 1, 5), (2, 4, 6), 6))
    assert (outcome.scores["mean"], outcome.bands["mean"]) == (Fraction(total, 6), band)


# 8. HSE


def test_hse_turns_the_twelve_items_and_not_16_25_28_33_alone():
    assert reversed_in("hse") == {3, 5, 6, 9, 12, 14, 16, 18, 20, 21, 22, 34}


def test_hse_always_throughout_is_worst_for_demands_and_relationships_and_best_for_the_rest():
    found = scored("hse", flat(5, 35)).scores
    assert {name for name, value in found.items() if value == 1} == {"demands", "relationships"}
    assert {value for name, value in found.items() if name not in {"demands", "relationships"}} == {5}


def test_hse_counts_no_missing_answer_as_0():
    found = scored("hse", flat(5, 35) | {"q26": None}).scores
    assert (found["change"], found["control"]) == (None, 5)


# 9. OLBI


def test_olbi_turns_its_eight_items_for_strong_agreement_stored_as_1():
    assert reversed_in("olbi") == {2, 3, 4, 6, 8, 9, 11, 12}


def test_olbi_is_high_where_the_answers_speak_of_burnout():
    """Agreeing (1) with an item of burnout and disagreeing (4) with one of energy both count 4."""
    burnt = sheet([4] * 16, (2, 3, 4, 6, 8, 9, 11, 12), 5)
    assert {burnt["q2"], burnt["q3"], burnt["q1"], burnt["q5"]} == {1, 4}
    assert set(scored("olbi", burnt).scores.values()) == {4}


# 10. AUDIT


@pytest.mark.parametrize(
    ("total", "zone"),
    [(7, "zone1"), (8, "zone2"), (15, "zone2"), (16, "zone3"), (19, "zone3"), (20, "zone4")],
)
def test_audit_zones_are_those_of_the_who(total, zone):
    answers = sheet([*summing(total, 8, 0, 4), 0, 0])
    assert scored("audit", answers).bands["total"] == zone


def test_audit_items_9_and_10_count_0_2_or_4():
    assert scored("audit", flat(1, 8) | {"q9": 2, "q10": 4}).scores["harm"] == 8
    for wrong in (1, 3):
        assert scored("audit", flat(1, 8) | {"q9": wrong, "q10": 0}).invalid == ("q9",)


def test_audit_asks_about_a_year_and_codes_from_0():
    scale = shipped("audit")
    assert (scale.recall.last, scale.recall.unit) == (1, "year")
    assert {min(item.values) for item in scale.items} == {0}


def test_audit_sums_no_partial_answers():
    found = scored("audit", flat(4, 10) | {"q5": None}).scores
    assert (found["total"], found["dependence"], found["consumption"]) == (None, None, 12)


# 11. Conversions that sum, turn or code wrongly


def test_k6_sums_six_items_and_not_eleven():
    assert len(shipped("k6").items) == 6
    assert scored("k6", flat(4, 6)).scores["total"] == 24


def test_pss10_turns_four_items_and_codes_from_0():
    assert reversed_in("pss10") == {4, 5, 7, 8}
    assert scored("pss10", flat(4, 10)).scores["total"] == 24
    assert scored("pss10", flat(0, 10)).scores["total"] == 16


def test_epds_prints_the_worst_answer_first_in_seven_items():
    assert scored("epds", flat(0, 10)).scores["total"] == 21
    assert scored("epds", flat(3, 10)).scores["total"] == 9


# 12. WHOQOL-BREF


def whoqol(*gone):
    return scored("whoqol_bref", flat(3, 26) | {f"q{at}": None for at in gone}).scores


@pytest.mark.parametrize(
    ("domain", "enough", "too_few"),
    [
        ("physical", (10,), (10, 15)),
        ("psychological", (5,), (5, 6)),
        ("social", (20,), (20, 21)),
        ("environment", (8, 9), (8, 9, 12)),
    ],
)
def test_whoqol_domains_follow_the_syntax_of_the_manual(domain, enough, too_few):
    assert whoqol(*enough)[domain] == 12
    assert whoqol(*too_few)[domain] is None
    assert whoqol(*too_few)[f"{domain}_0_100"] is None


def test_whoqol_needs_21_of_26_answers_for_any_score():
    assert set(whoqol(10, 5, 20, 8, 9).values()) == {3, 12, 50}
    assert set(whoqol(10, 5, 20, 8, 9, 1).values()) == {None}


def test_whoqol_domains_are_not_rounded():
    found = scored("whoqol_bref", flat(3, 26) | {"q10": 4}).scores
    assert (found["physical"], found["physical_0_100"]) == (Fraction(88, 7), Fraction(375, 7))


# 13. Licences


@pytest.mark.parametrize(
    ("scale_id", "state"),
    [("swls", "restricted"), ("pss10", "restricted"), ("pss14", "restricted"), ("who5", "noncommercial")],
)
def test_where_licence_claims_disagree_the_stricter_one_holds(scale_id, state):
    assert shipped(scale_id).licence.wording.state == state


# 14. Names that collide


def test_ais_is_the_athens_insomnia_scale():
    scale = shipped("ais")
    assert "Athens" in scale.title["en"].title()
    assert (scale.category, len(scale.items)) == ("sleep", 8)


def test_csi4_is_about_couples_and_not_about_sensitization():
    assert shipped("csi4").category == "relationship"
    assert shipped("csi4").direction == "higher_is_better"


def test_sds_is_the_depression_scale_of_zung():
    assert (shipped("sds").category, len(shipped("sds").items)) == ("mood", 20)


# 15. GHQ-12


@pytest.mark.parametrize(
    ("column", "ghq", "likert", "cghq"), [(0, 0, 0, 0), (1, 0, 12, 6), (2, 12, 24, 12), (3, 12, 36, 12)]
)
def test_ghq12_takes_printed_columns_and_turns_nothing(column, ghq, likert, cghq):
    assert not shipped("ghq12").keys
    assert scored("ghq12", flat(column, 12)).scores == {"ghq": ghq, "likert": likert, "cghq": cghq}


@pytest.mark.parametrize("item", range(1, 13))
def test_cghq_counts_column_1_of_the_negative_items_alone(item):
    found = scored("ghq12", flat(0, 12) | {f"q{item}": 1}).scores
    assert found["cghq"] == (item in {2, 5, 6, 9, 10, 11})


# 16. AIS 6


def test_ais_6_is_suspected_in_china_and_insomnia_for_soldatos():
    outcome = scored("ais", sheet(summing(6, 8, 0, 3)))
    assert outcome.bands["total"] == "suspected"
    assert outcome.band_sets["total"]["soldatos"] == "insomnia"


# 17. ERI and MBI-GS


def test_eri_turns_reward_5_6_7_and_overcommitment_13():
    assert reversed_in("eri16") == {5, 6, 7, 13}
    found = scored("eri16", flat(1, 16)).scores
    assert (found["effort"], found["reward"], found["overcommitment"]) == (3, 16, 9)


def eri(effort, reward):
    return scored("eri16", sheet([*summing(effort, 3, 1, 4), *summing(reward, 7, 1, 4), *[2] * 6], (5, 6, 7, 13), 5))


def test_eri_of_exactly_1_is_balance_and_70_sixty_ninths_is_not():
    assert (eri(6, 14).scores["er_ratio"], eri(6, 14).bands["er_ratio"]) == (1, "balance")
    assert (eri(10, 23).scores["er_ratio"], eri(10, 23).bands["er_ratio"]) == (Fraction(70, 69), "imbalance")


def test_every_eri_ratio_lies_on_the_right_side_of_1():
    for effort, reward in product(range(3, 13), range(7, 29)):
        expected = "imbalance" if effort * 7 > reward * 3 else "balance"
        assert eri(effort, reward).bands["er_ratio"] == expected, (effort, reward)


def test_mbi_gs_takes_the_order_of_the_publisher_and_seven_answers():
    scale = shipped("mbi_gs")
    numbers = {score.id: {int(name[1:]) for name in score.formula.of} for score in scale.scores}
    assert numbers == {
        "exhaustion": {1, 2, 3, 4, 6},
        "cynicism": {8, 9, 13, 14, 15},
        "professional_efficacy": {5, 7, 10, 11, 12, 16},
    }
    assert {item.values for item in scale.items} == {(0, 1, 2, 3, 4, 5, 6)}


# 18. UCLA-20


def test_ucla20_turns_nine_items_and_not_ten():
    assert reversed_in("ucla20") == {1, 5, 6, 9, 10, 15, 16, 19, 20}
    assert scored("ucla20", flat(4, 20)).scores["total"] == 53


# Floating point


def test_every_composite_of_the_mbi_lies_on_the_right_side_of_1_5_and_3_5():
    """All 31 x 25 x 37 sums of the three parts by their formula; a sample of them as whole sheets."""
    names = ("low", "some", "serious")
    crossed = []
    for number, (ee, cy, ra) in enumerate(product(range(31), range(25), range(37))):
        exact = Fraction(4 * ee, 50) + Fraction(3 * cy, 40) + Fraction(3 * ra, 60)
        expected = names[(exact >= Fraction(3, 2)) + (exact >= Fraction(7, 2))]
        binary = 0.4 * (ee / 5) + 0.3 * (cy / 4) + 0.3 * (ra / 6)
        wrong = names[(binary >= 1.5) + (binary >= 3.5)] != expected
        crossed += [(ee, cy, ra)] if wrong else []
        if wrong or number % 97 == 0:
            values = [*summing(ee, 5, 0, 6), *summing(cy, 4, 0, 6), *summing(ra, 6, 0, 6)]
            outcome = scored("mbi_gs_cn15", sheet(values, range(10, 16), 6))
            assert outcome.scores["composite"] == exact
            assert kalimo(outcome) == expected
    assert crossed, "no combination that binary arithmetic gets wrong: this test could not fail"


def kalimo(outcome):
    return outcome.band_sets["composite"]["kalimo_2003"]


# Missing answers


@pytest.mark.parametrize(
    ("values", "total", "band"),
    [
        ([1] * 7, 9, "mild"),
        ([1, 1, 1, 1, 0, 0, 0, 0], Fraction(9, 2), "minimal"),
        ([2, 2, 2, 2, 2, 1, 1, 1], Fraction(117, 8), "moderate"),
        ([3, 2, 2, 2, 2, 2, 2, 2], Fraction(153, 8), "moderately_severe"),
        ([3] * 6, None, None),
    ],
)
def test_phq9_fills_up_to_two_gaps_with_the_mean_and_rounds_nothing(values, total, band):
    outcome = scored("phq9", sheet(values))
    assert (outcome.scores["total"], outcome.bands["total"]) == (total, band)


@pytest.mark.parametrize(
    "scale_id",
    ["gad7", "gad2", "phq2", "k6", "isi", "ais", "swls", "srq20", "kms", "ucla3", "csi4", "cdrisc10", "sas"],
)
def test_where_no_rule_is_published_one_gap_gives_no_score(scale_id):
    scale = shipped(scale_id)
    top = {item.id: max(item.values) for item in scale.items}
    assert None not in scored(scale_id, top).scores.values()
    for item in scale.items:
        assert set(scored(scale_id, top | {item.id: None}).scores.values()) == {None}


@pytest.mark.parametrize("scale_id", ["dass21", "phq4", "uwes9", "mbi_gs", "panas", "tipi", "scs_sf", "pss10", "olbi"])
def test_a_gap_takes_away_the_scores_that_rest_on_it_and_no_other(scale_id):
    scale = shipped(scale_id)
    whole = {item.id: min(item.values) for item in scale.items}
    for item in scale.items:
        found = scored(scale_id, whole | {item.id: None}).scores
        resting = {score.id for score in scale.scores if item.id in score.formula.of}
        assert {name for name, value in found.items() if value is None} == resting


@pytest.mark.parametrize(
    ("score", "first", "last", "needed"), [("personal", 1, 6, 3), ("work", 7, 13, 4), ("client", 14, 19, 3)]
)
def test_cbi_is_scored_from_3_4_and_3_answers_on(score, first, last, needed):
    enough = scored("cbi", flat(3, first + needed - 1, first)).scores
    assert enough[score] == 50
    assert scored("cbi", flat(3, first + needed - 2, first)).scores[score] is None
    assert last - first + 1 > needed


def test_cbi_counts_0_to_100_and_turns_item_13():
    assert scored("cbi", flat(5, 19)).scores == {"personal": 100, "work": Fraction(600, 7), "client": 100}


@pytest.mark.parametrize("answered", range(1, 7))
def test_brs_takes_the_mean_of_what_is_answered(answered):
    outcome = scored("brs", sheet([4] * answered, (2, 4, 6), 6))
    assert outcome.scores["mean"] == 4


def test_brs_needs_one_answer():
    assert scored("brs", {}).scores["mean"] is None


def test_k10_fills_only_the_blanks_behind_its_two_skips():
    answers = flat(2, 10) | {"q2": 1, "q3": None, "q5": 1, "q6": None}
    assert scored("k10", answers).scores["total"] == 16
    assert scored("k10", answers | {"q3": 5}).scores["total"] == 20
    assert scored("k10", answers | {"q2": 2}).scores["total"] is None


NO_MORE = {f"q{at}": None for at in range(4, 9)}


def test_audit_skips_to_9_after_never_and_after_two_zeros():
    assert scored("audit", {"q1": 0, "q9": 0, "q10": 2}).scores["total"] == 2
    assert scored("audit", {"q1": 3, "q2": 0, "q3": 0, **NO_MORE, "q9": 0, "q10": 0}).scores["total"] == 3
    assert scored("audit", {"q1": 3, "q2": 0, "q3": 1, **NO_MORE, "q9": 0, "q10": 0}).scores["total"] is None
    assert scored("audit", {"q1": 0, "q9": None, "q10": 0}).scores["total"] is None


def test_audit_counts_a_value_given_behind_its_skip():
    assert scored("audit", {"q1": 0, "q7": 4, "q9": 0, "q10": 0}).scores["total"] == 4


def test_audit_c_allows_blanks_after_never_alone():
    assert scored("audit_c", {"q1": 0}, "male").scores["total"] == 0
    assert scored("audit_c", {"q1": 1}, "male").scores["total"] is None


@pytest.mark.parametrize("scale_id", ["audit_c", "pcptsd5"])
@pytest.mark.parametrize(
    ("total", "sex", "band"),
    [
        (2, "female", "negative"),
        (3, "female", "positive"),
        (3, "male", "negative"),
        (4, "male", "positive"),
        (2, None, "negative"),
        (3, None, None),
        (3, "other", None),
        (4, "other", "positive"),
    ],
)
def test_cut_offs_by_sex_give_no_band_where_sex_is_not_known_and_they_differ(scale_id, total, sex, band):
    if scale_id == "audit_c":
        answers = sheet([1, *summing(total - 1, 2, 0, 4)])
    else:
        answers = {"gate": 1, **sheet([1] * total + [0] * (5 - total))}
    outcome = scored(scale_id, answers, sex)
    assert (outcome.scores["total"], outcome.bands["total"]) == (total, band)


def test_pcptsd5_is_0_after_no_and_nothing_while_the_gate_is_blank():
    assert scored("pcptsd5", {"gate": 0}, "male").scores["total"] == 0
    assert scored("pcptsd5", {"gate": 0, **flat(1, 5)}, "male").scores["total"] == 0
    assert scored("pcptsd5", flat(1, 5), "male").scores["total"] is None
    assert scored("pcptsd5", {"gate": 1, **flat(1, 4)}, "male").scores["total"] is None


@pytest.mark.parametrize(("sex", "total"), [("male", 28), ("female", 30), ("other", 30), (None, 30)])
def test_phq15_item_4_counts_0_for_men_whatever_was_sent(sex, total):
    assert scored("phq15", flat(2, 15), sex).scores["total"] == total


def test_phq15_item_4_may_be_blank_for_men_alone():
    answers = flat(1, 15) | {"q4": None}
    assert scored("phq15", answers, "male").scores["total"] == 14
    assert scored("phq15", answers, "female").scores["total"] is None
    assert scored("phq15", answers).scores["total"] is None


# Safety items


SAFETY = {
    "phq9": {"suicide_item": ("q9", [1, 2, 3])},
    "epds": {"suicide_item": ("q10", [0, 1, 2])},
    "srq20": {"suicide_item": ("q17", [1])},
    "scl90": {"item15_ending_life": ("q15", [2, 3, 4, 5]), "item59_thoughts_of_death": ("q59", [2, 3, 4, 5])},
}


@pytest.mark.parametrize("scale_id", SAFETY)
def test_safety_items_fire_although_no_score_can_be_given(scale_id):
    scale = shipped(scale_id)
    for flag, (item, values) in SAFETY[scale_id].items():
        (asked,) = [each for each in scale.items if each.id == item]
        for value in asked.values:
            outcome = scored(scale_id, {item: value})
            assert (flag in outcome.flags) == (value in values)
            assert set(outcome.scores.values()) == {None}
        assert flag not in scored(scale_id, {}).flags


@pytest.mark.parametrize("scale_id", SAFETY)
def test_an_unanswered_safety_item_is_no_zero_and_is_named_as_missing(scale_id):
    scale = shipped(scale_id)
    lowest = {item.id: min(item.values) for item in scale.items}
    for item, _ in SAFETY[scale_id].values():
        outcome = scored(scale_id, lowest | {item: None})
        assert outcome.missing == (item,)


def test_phq4_flags_are_hints_and_need_the_whole_half():
    assert scored("phq4", {"q1": 2, "q2": 1, "q3": 0, "q4": 0}).flags == ("anxiety_positive",)
    assert scored("phq4", {"q1": 3, "q2": None, "q3": 1, "q4": 2}).flags == ("depression_positive",)


@pytest.mark.parametrize(
    ("scale_id", "answers", "advice"),
    [
        ("sds", {"q19": 3}, "heavy_thoughts"),
        ("dass21", {"q21": 2}, "heavy_thoughts"),
        ("hse", {"q21": 3}, "bullying"),
    ],
)
def test_softer_items_bring_an_advice_and_no_flag(scale_id, answers, advice):
    outcome = scored(scale_id, answers)
    assert advice in outcome.advice
    assert outcome.flags == ()
