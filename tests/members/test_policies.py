from pathlib import Path

import pytest

from heartport.content import ContentRefused
from heartport.members.policies import Purpose, load_policies, policy_out, problems_for_production

FOLDER = Path(__file__).resolve().parents[2] / "content" / "policies"
SHIPPED = FOLDER / "2026-11.yaml"
TEXT = SHIPPED.read_text(encoding="utf-8")


def write(folder: Path, version: str, text: str = TEXT) -> Path:
    path = folder / f"{version}.yaml"
    path.write_text(text.replace('version: "2026-11"', f'version: "{version}"'), encoding="utf-8")
    return path


def whole_text() -> str:
    out = policy_out(load_policies(FOLDER).current)
    general = [line for section in out["general"] for line in (section["title"], *section["text"])]
    return "\n".join(general + [value for each in out["consents"] for value in each.values() if isinstance(value, str)])


def test_the_six_purposes_come_in_their_order_and_only_the_first_is_required():
    consents = policy_out(load_policies(FOLDER).current)["consents"]
    assert [each["purpose"] for each in consents] == [
        "assessment",
        "keep_results",
        "aggregate",
        "follow_up",
        "notifications",
        "personalisation",
    ]
    assert [each["required"] for each in consents] == [True, False, False, False, False, False]
    assert all(each["text"] and each["when_refused"] and each["when_withdrawn"] for each in consents)


def test_the_statistics_consent_says_first_that_a_release_cannot_be_undone():
    text = next(each for each in load_policies(FOLDER).current.consents if each.purpose is Purpose.AGGREGATE).text
    assert text.startswith("请在同意前了解：统计报告一经发布就无法撤回。")


def test_without_keep_results_a_scale_is_scored_and_shown_and_nothing_stored():
    keep = load_policies(FOLDER).current.consents[1]
    for words in ("照常计分", "显示给您", "不保存", "不计入统计"):
        assert words in keep.when_refused


@pytest.mark.parametrize(
    "words",
    [
        "没有人实时查看答案,系统不会自动联系您。",
        "保密：单位看不到您的个人结果；统计报告中不识别个人。",
        "备份最多保留 14 天",
        "至少有 10 人",
        "未满 18 岁：可以使用热线（包括 12355 青少年服务台）、文章和音频；这里不提供测评、咨询和回电。",
        "已经发布的统计数字",
        "如果运行中的服务器本身被攻破",
    ],
)
def test_the_text_says_what_the_system_does_and_what_it_cannot_do(words):
    assert words in whole_text()


def test_the_text_promises_nothing_that_cannot_be_kept():
    for words in ("匿名", "绝对", "百分之百", "100%", "永不泄露", "万无一失"):
        assert words not in whole_text()


def test_the_newest_version_is_current_and_older_ones_are_still_found(tmp_path):
    for version in ("2026-11", "2026-11.10", "2026-11.9", "2025-12"):
        write(tmp_path, version)
    policies = load_policies(tmp_path)
    assert policies.current.version == "2026-11.10"
    assert [each.version for each in policies.versions] == ["2025-12", "2026-11", "2026-11.9", "2026-11.10"]
    found = policies.find("2025-12")
    assert found is not None
    assert found.version == "2025-12"
    assert policies.find("2027-01") is None


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('version: "2026-11"', 'version: "2026-12"', "version: Must equal the name of the file."),
        ('version: "2026-11"', 'version: "2026-13"', "version: String does not match"),
        ("purpose: follow_up", "purpose: aggregate", "consents: Must be assessment"),
        ("purpose: follow_up", "purpose: sell", "consents › 4 › purpose: Must be one of"),
        ("required: true", "required: false", "consents › 1 › required: Only assessment is required."),
        ("id: rights", "id: age", "general › 10 › id: Is there twice."),
        ("    title: 保存结果", "    title: ''", "consents › 2 › title: Must not be empty."),
        ("  contact: ", "  phone: ", "controller › phone: Unknown field."),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(tmp_path, old, new, problem):
    path = tmp_path / "2026-11.yaml"
    assert old in TEXT
    path.write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(ContentRefused) as caught:
        load_policies(tmp_path)
    assert any(each.startswith(f"{path} › {problem}") for each in caught.value.problems), caught.value.problems


def test_problems_of_all_files_come_at_once_and_an_empty_folder_is_one(tmp_path):
    with pytest.raises(ContentRefused, match="holds no policy"):
        load_policies(tmp_path)
    write(tmp_path, "2026-11", "a: 1")
    write(tmp_path, "2026-12", "- b")
    with pytest.raises(ContentRefused) as caught:
        load_policies(tmp_path)
    assert {Path(each.split(" ›")[0].split(": ")[0]).name for each in caught.value.problems} == {
        "2026-11.yaml",
        "2026-12.yaml",
    }


def test_production_refuses_a_policy_without_a_controller(tmp_path):
    assert problems_for_production(load_policies(FOLDER))
    write(tmp_path, "2026-11", TEXT.replace("example: true", "example: false"))
    assert problems_for_production(load_policies(tmp_path)) == []
