"""The refusals of signing in through WeChat; their `detail` is what the person reads."""

from heartport.errors import Invalid, NotAllowed, TooMany, Unavailable


class LoginCodeInvalid(Invalid):
    """WeChat cannot have given this login code, does not know it, or gave it over five minutes ago."""

    code = "login_code_invalid"
    detail = "登录没有成功：这次的登录凭证已失效。请重新进入小程序再试一次。"


class LoginCodeUsed(Invalid):
    """The login code was redeemed before; each works once."""

    code = "login_code_used"
    detail = "登录没有成功：这次的登录凭证已经用过。请重新进入小程序再试一次。"


class LoginBlocked(NotAllowed):
    """WeChat considers this person's account a risk and gives no openid."""

    code = "login_blocked"
    detail = "微信暂时限制了这个账号登录小程序，请在微信的账号安全提示中查看原因。求助热线不登录也可以查看。"


class LoginTooOften(TooMany):
    """WeChat lets one person sign in a hundred times a minute."""

    code = "login_too_often"
    detail = "登录得太频繁了，请休息一分钟再试。"


class WeChatUnavailable(Unavailable):
    """WeChat did not answer in time, or answered what cannot be used; nothing of ours was changed."""

    code = "wechat_unavailable"
    detail = "微信暂时没有回应，请过一会儿再试。求助热线不登录也可以查看。"
