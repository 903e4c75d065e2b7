"""Pure decisions about members: age, what a profile may say, and what consent a step needs."""

from datetime import date

from heartport.errors import Invalid, NotAllowed

UNDER_16, FROM_16_TO_17, ADULT = "under_16", "16-17", "18+"
AGE_GROUPS = (UNDER_16, FROM_16_TO_17, ADULT)
SEXES = ("female", "male", "other")
ADULT_AGE, YOUTH_AGE = 18, 16
OLDEST_AGE = 120


class AgeGroupNeeded(NotAllowed):
    """The person has not said yet which age group is theirs."""

    code = "age_group_needed"
    detail = "开始前，请先选择您的年龄段。"


class UnderAge(NotAllowed):
    """Scales and reflections are for adults here; the answer carries hotlines for young people."""

    code = "under_18"
    detail = "这里的测评和自我梳理面向 18 岁以上的职工。如果您想找人说说，可以拨打 12355 青少年服务台。"


class ConsentNeeded(NotAllowed):
    """This step needs a consent that is not given."""

    code = "consent_needed"
    detail = "做测评前，需要您先同意「心理测评」这一项。"


def check_adult(age_group: str | None) -> None:
    """Raise `UnderAge` for whoever said that they are under 18; unsaid is asked for later."""
    if age_group not in (None, ADULT):
        raise UnderAge


def check_age_said(age_group: str | None) -> None:
    """Raise `AgeGroupNeeded` where a person has not said their age group, or `UnderAge`."""
    if age_group is None:
        raise AgeGroupNeeded
    check_adult(age_group)


def check_may_take_scales(age_group: str | None, assessment_granted: bool) -> None:
    """Raise `AgeGroupNeeded`, `UnderAge` or `ConsentNeeded` where a person may not take a scale."""
    check_age_said(age_group)
    if not assessment_granted:
        raise ConsentNeeded


def check_profile(age_group: str | None, birth_year: int | None, today: date) -> None:
    """Raise `Invalid` where the year of birth cannot be, or contradicts the age group; None is unsaid."""
    if birth_year is None:
        return
    if not today.year - OLDEST_AGE <= birth_year <= today.year:
        raise Invalid(errors={"birth_year": [f"须为 {today.year - OLDEST_AGE} 至 {today.year} 的年份。"]})
    if age_group is not None and age_group not in possible_age_groups(birth_year, today):
        raise Invalid(errors={"birth_year": ["与所选年龄段不符。"], "age_group": ["与出生年份不符。"]})


def possible_age_groups(birth_year: int, today: date) -> frozenset[str]:
    """Return the age groups that a year of birth allows, the birthday being unknown."""
    return frozenset(age_group_of(today.year - birth_year - passed) for passed in (0, 1))


def age_group_of(age_years: int) -> str:
    """Return the group of an age in years."""
    if age_years < YOUTH_AGE:
        return UNDER_16
    return ADULT if age_years >= ADULT_AGE else FROM_16_TO_17
