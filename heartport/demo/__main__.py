"""`make demo`: walks the main job against the running service over HTTP and prints each step.

小林 signs in through WeChat's protocol (the emulator plays the phone), takes the four scales and reads the
results. PHQ-9 is answered with item 9 at 1, so that the urgent flag and the crisis card are seen.
"""

import os
import sys
import uuid
from typing import Any

import requests

PERSON = "小林"
TIMEOUT_SECONDS = 10
SETTINGS = "name others with HEARTPORT_PORT and HEARTPORT_WECHAT_API_BASE"
ANSWERS: dict[str, dict[str, int]] = {
    "phq9": {**{f"q{n}": 1 for n in range(1, 9)}, "q9": 1},
    "gad7": {f"q{n}": 2 for n in range(1, 8)},
    "dass21": {f"q{n}": n % 3 for n in range(1, 22)},
    "k10": {**{f"q{n}": 2 for n in range(1, 11) if n != 3}, "q2": 1},  # q2 = 1 closes the branch of q3.
}


class StepFailed(Exception):
    """A step was not answered as it should be; `str()` says which and how."""


class Walk:
    """One walk: remembers the token and prints what happens."""

    def __init__(self, service: str, emulator: str) -> None:
        self._service = service
        self._emulator = emulator
        self._session = requests.Session()
        self._session.trust_env = False

    def run(self) -> None:
        """Walk from signing in to signing out; raises `StepFailed`."""
        self.sign_in()
        self.agree()
        self.see_the_shelf()
        results = [self.take(scale_id) for scale_id in ANSWERS]
        self.look_back(results[0])
        self.sign_out()

    def sign_in(self) -> None:
        """Get a login code from the phone and redeem it."""
        code = self._call("POST", f"{self._emulator}/_emu/login_code", {"person": PERSON}, expected=200)["code"]
        say(1, f"{PERSON}的手机向微信要到一次性登录凭证，用它登录")
        signed_in = self._call("POST", "auth/wechat", {"code": code}, expected=201)
        self._session.headers["Authorization"] = f"Bearer {signed_in['token']}"
        show(f"登录成功，有效至 {signed_in['expires_at']}；服务端不返回 openid")

    def agree(self) -> None:
        """Say the age group and agree to what is needed."""
        say(2, "选择年龄段，同意「心理测评」和「保存结果」")
        me = self._call("GET", "me")
        profile = {key: me[key] for key in ("nickname", "sex", "birth_year")}
        self._call("PUT", "me", {**profile, "age_group": "18+"})
        version = self._call("GET", "policies/current")["version"]
        for purpose in ("assessment", "keep_results"):
            self._call("PUT", f"me/consents/{purpose}", {"granted": True, "policy_version": version})
        for consent in self._call("GET", "me/consents")["items"]:
            show(f"{'✓' if consent['granted'] else '○'} {consent['purpose']}")

    def see_the_shelf(self) -> None:
        """List the scales."""
        say(3, "看看可以做的测评")
        for scale in self._call("GET", "scales")["items"]:
            show(f"{scale['id']:<8}{scale['title']}({scale['item_count']} 题，约 {scale['minutes']} 分钟)")

    def take(self, scale_id: str) -> dict[str, Any]:
        """Take one scale and print its result."""
        scale = self._call("GET", f"scales/{scale_id}")
        say(4, f"做 {scale['title']}")
        for line in scale["before_start"]:
            show(line)
        body = {"version": scale["version"], "attempt_id": uuid.uuid4().hex, "answers": ANSWERS[scale_id]}
        result = self._call("POST", f"scales/{scale_id}/submissions", body, expected=201)
        self.show_result(result)
        return result

    def show_result(self, result: dict[str, Any]) -> None:
        """Print words first, numbers behind, then flags with their card, advice and what a result does not mean."""
        ranges = {score["id"]: f"{score['shown']}({score['min']}–{score['max']})" for score in result["scores"]}
        for band in result["bands"]:
            show(f"{band['score_label']}:{band['label']} [{band['id']}] 分数 {ranges[band['score']]}")
            show(f"  {band['meaning']}")
        for flag in result["flags"]:
            show(f"⚑ {flag['id']} ({flag['level']})")
            self.show_card(flag["card"])
        for advice in result["advice"]:
            show(f"· {advice['text']}({advice['reason']})")
            for offer in advice["offer"]:
                show(f"    → {offer['kind']}:{'、'.join(item['name'] for item in offer['items'])}")
        show(result["limits"])
        show(result["privacy_note"]["title"])

    def show_card(self, card: dict[str, Any] | None) -> None:
        """Print a crisis card."""
        if card is None:
            return
        show(f"  ┌ {card['title']}")
        for line in card["lines"]:
            show(f"  │ {line}")
        for line in card["hotlines"]:
            show(f"  │ ☎ {line['number']} {line['name']} {line['hours']} {'现在可拨打' if line['open_now'] else ''}")
        show(f"  └ {' / '.join(button['label'] for button in card['buttons'])}")

    def look_back(self, result: dict[str, Any]) -> None:
        """List one's own results and read one again."""
        say(5, "回看自己的结果")
        for item in self._call("GET", "me/results?limit=4")["items"]:
            show(f"{item['submitted_on']} {item['scale']['title']}:{item['bands'][0]['label']}")
        if self._call("GET", f"me/results/{result['id']}") != result:
            raise StepFailed("the result read again differs from the one that was answered")
        show("再读一次，与提交时完全相同")

    def sign_out(self) -> None:
        """Sign out and see the token dead."""
        say(6, "退出登录，凭证立刻失效")
        self._call("DELETE", "auth/session", expected=204)
        self._call("GET", "me", expected=401)

    def _call(self, method: str, path: str, body: object = None, *, expected: int = 200) -> Any:  # noqa: ANN401
        address = path if path.startswith("http") else f"{self._service}/api/v1/{path}"
        try:
            response = self._session.request(method, address, json=body, timeout=TIMEOUT_SECONDS)
        except requests.ConnectionError:
            place = address.split("/api/")[0].split("/_emu/")[0]
            problem = f"nobody answers at {place}: start `make run`; it prints the addresses ({SETTINGS})"
        else:
            if response.status_code == expected:
                return response.json() if response.content else None
            problem = f"{method} {path} answered {response.status_code}, not {expected}: {response.text[:500]}"
        raise StepFailed(problem)


def say(number: int, what: str) -> None:
    """Print the head of a step."""
    print(f"\n{number}. {what}")


def show(line: str) -> None:
    """Print one line of a step."""
    print(f"   {line}")


def main() -> int:
    """Walk against the service of this machine; returns the exit status."""
    port = int(os.environ.get("HEARTPORT_PORT") or 8000)
    emulator = os.environ.get("HEARTPORT_WECHAT_API_BASE") or f"http://127.0.0.1:{port + 1}"
    try:
        Walk(f"http://127.0.0.1:{port}", emulator).run()
    except BrokenPipeError:  # Whoever read along has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except StepFailed as problem:
        print(f"the walk stopped: {problem}", file=sys.stderr)
        return 1
    print("\n主流程走完了。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
