"""Groups of people whom a table or a norm tells apart, by sex and age."""

from dataclasses import dataclass

from heartport.scoring.profiles import Ages


@dataclass(frozen=True, slots=True)
class Group:
    """Whom a row of a table is about; `None` stands for everybody."""

    sex: str | None = None
    ages: Ages | None = None

    def holds(self, sex: object, ages: Ages | None) -> bool:
        """Tell whether somebody certainly belongs to it; an age may be known as one of two."""
        if self.sex is not None and self.sex != sex:
            return False
        if self.ages is None:
            return True
        return ages is not None and self.ages[0] <= ages[0] and ages[1] <= self.ages[1]

    def meets(self, other: "Group") -> bool:
        """Tell whether somebody could belong to both."""
        apart_in_sex = None not in {self.sex, other.sex} and self.sex != other.sex
        if apart_in_sex or self.ages is None or other.ages is None:
            return not apart_in_sex
        return self.ages[0] <= other.ages[1] and other.ages[0] <= self.ages[1]

    def __str__(self) -> str:
        """Read like `female 18-34`, or `everybody`."""
        ages = f"{self.ages[0]}-{self.ages[1]}" if self.ages else ""
        return f"{self.sex or ''} {ages}".strip() or "everybody"
